#pragma warning disable RS0030 // The relay is what carries the outbox to the bus.
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// Carries the outbox to the broker: rows in order, keys in parallel, in order within a key, each deleted only after the broker confirmed it.
/// One replica at a time is active (an advisory lock that a crash releases at once). A crash between confirm and delete sends the message again
/// with the same id; the inbox of its consumers absorbs that.
/// </summary>
public class Relay(NpgsqlDataSource database, IBusControl bus, RelayCall calls, ILogger<Relay> log, SealedMessages? seal = null) : BackgroundService
{
    private const int Batch = 200;
    private const int Parallelism = 32;
    private const int TriesBeforeDead = 20;
    private const int Busy = -1;
    private static readonly TimeSpan SlowPoll = TimeSpan.FromMilliseconds(200); // for what another process committed and did not carry
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(10);

    // Together with the last confirm well below the minute after which PostgreSQL ends a transaction that does nothing.
    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(10);
    private static readonly Counter<long> Sent = Telemetry.Meter.CreateCounter<long>("outbox.sent");
    private static readonly Counter<long> Faults = Telemetry.Meter.CreateCounter<long>("outbox.faults");

    /// <summary>For how long one pass begins to send.</summary>
    protected virtual TimeSpan SendingTime => SendWithin;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (failures, busy) = (0, 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
                var carried = await PumpAsync(stoppingToken);
                failures = 0;
                busy = carried == Busy ? Math.Min(busy + 1, 4) : 0;
                if (busy > 0)
                {
                    // What called this one may have come too late for the look of the active one: look again soon, called or not.
                    await Task.Delay(10 << busy, stoppingToken);
                }
                else if (carried < Batch)
                {
                    await calls.WaitAsync(SlowPoll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                failures = Math.Min(failures + 1, 6);
                log.LogWarning("The outbox relay pauses: {Kind}: {Message}", exception.GetType().Name, exception.Message);
                await Task.Delay(100 << failures, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Carries one batch. Returns the number of rows it read, or <see cref="Busy"/> if another replica is at it.</summary>
    protected virtual async Task<int> PumpAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var single = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock(hashtext('outbox-relay'))", connection, transaction))
        {
            if (await single.ExecuteScalarAsync(ct) is not true)
            {
                return Busy;
            }
        }

        var messages = await ReadAsync(connection, transaction, ct);
        if (messages.Count == 0)
        {
            return 0;
        }

        var (confirmed, refused, unreachable) = await SendAsync(messages, ct);
        await DeleteAsync(connection, transaction, confirmed);
        foreach (var (message, error) in refused)
        {
            await PostponeAsync(connection, transaction, message, error);
        }

        await transaction.CommitAsync(CancellationToken.None);
        Sent.Add(confirmed.Count);
        Faults.Add(refused.Count);
        return unreachable is not null ? throw unreachable : confirmed.Count < messages.Count ? Batch : messages.Count;
    }

    /// <summary>Due rows in order; a row waits while an earlier one of its key is postponed or dead.</summary>
    protected static async Task<List<WaitingMessage>> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT {WaitingMessage.Columns}
            FROM outbox o
            WHERE dead_at IS NULL AND next_attempt_at <= now()
              AND NOT EXISTS (SELECT 1 FROM outbox earlier
                              WHERE earlier.partition_key = o.partition_key AND earlier.seq < o.seq
                                AND (earlier.dead_at IS NOT NULL OR earlier.next_attempt_at > now()))
            ORDER BY seq LIMIT {Batch}
            """,
            connection,
            transaction);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var messages = new List<WaitingMessage>();
        while (await rows.ReadAsync(ct))
        {
            messages.Add(WaitingMessage.Read(rows));
        }

        return messages;
    }

    /// <summary>
    /// Faults of the broker stop the pass and cost no attempt; faults of a message stop its key only. A slow broker ends it early, so that what
    /// was confirmed is deleted: a pass that loses its transaction would begin with the same messages for ever.
    /// </summary>
    protected async Task<(List<long> Confirmed, List<(WaitingMessage Message, string Error)> Refused, Exception? Unreachable)> SendAsync(
        List<WaitingMessage> messages, CancellationToken ct)
    {
        var confirmed = new ConcurrentBag<long>();
        var refused = new ConcurrentBag<(WaitingMessage, string)>();
        Exception? unreachable = null;
        using var late = new CancellationTokenSource(SendingTime);
        await Parallel.ForEachAsync(
            messages.GroupBy(message => message.PartitionKey ?? message.MessageId.ToString()),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (key, token) =>
            {
                foreach (var message in key.TakeWhile(_ => !late.IsCancellationRequested))
                {
                    try
                    {
                        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
                        deadline.CancelAfter(ConfirmTimeout);
                        message.Open(seal);
                        await SendAsync(message, deadline.Token);
                        confirmed.Add(message.SequenceNumber);
                    }
                    catch (Exception exception) when (!ct.IsCancellationRequested)
                    {
                        if (IsFaultOfTheMessage(exception))
                        {
                            refused.Add((message, $"{exception.GetType().Name}: {exception.Message}"));
                        }
                        else
                        {
                            unreachable = exception;
                        }

                        break;
                    }
                }
            });
        return ([.. confirmed], [.. refused], unreachable);
    }

    /// <summary>Returns once the broker confirmed the message.</summary>
    protected virtual async Task SendAsync(WaitingMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        var endpoint = await bus.GetSendEndpoint(message.Destination);
        await endpoint.Send(new SerializedMessageBody(), new OutboxMessageSendPipe(message, message.Destination), ct);
    }

    protected static async Task DeleteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<long> confirmed)
    {
        ArgumentNullException.ThrowIfNull(confirmed);
        await using var delete = new NpgsqlCommand("DELETE FROM outbox WHERE seq = ANY($1)", connection, transaction);
        delete.Parameters.AddWithValue(confirmed.ToArray());
        await delete.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task PostponeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, WaitingMessage message, string error)
    {
        await using var update = new NpgsqlCommand(
            $"""
            UPDATE outbox SET attempts = attempts + 1, last_error = left($2, 2000),
                next_attempt_at = now() + least(interval '5 min', interval '250 ms' * (2 ^ least(attempts, 12))),
                dead_at = CASE WHEN attempts + 1 >= {TriesBeforeDead} THEN now() END
            WHERE seq = $1
            """,
            connection,
            transaction);
        update.Parameters.AddWithValue(message.SequenceNumber);
        update.Parameters.AddWithValue(error);
        await update.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static bool IsFaultOfTheMessage(Exception exception) =>
        exception is MessageException or System.Runtime.Serialization.SerializationException or System.Text.Json.JsonException
            or MessageReturnedException or ArgumentException or UriFormatException or System.Security.Cryptography.CryptographicException
        || exception.Message.Contains("NOT_FOUND", StringComparison.Ordinal)
        || exception.Message.Contains("PRECONDITION_FAILED", StringComparison.Ordinal);
}
