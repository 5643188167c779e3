#pragma warning disable RS0030 // A mutant of the relay.
using MassTransit;
using MassTransit.Middleware;
using MedTourism.ServiceDefaults.Messaging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.ChaosHost;

/// <summary>Mutant: a transaction without the inbox row, so redelivered messages repeat their effects.</summary>
internal sealed class WithoutInbox(DbContext db, Outbox outbox, IServiceProvider services) : IOutboxContextFactory<DbContext>
{
    public void Probe(ProbeContext context) => context.CreateFilterScope("without-inbox");

    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        var consuming = new InboxConsumeContext<T>(context, options, services, db, outbox, context.MessageId!.Value);
        await next.Send(consuming);
        await transaction.CommitAsync(CancellationToken.None);
        consuming.Consumed = true;
        await next.Send(consuming);
    }
}

/// <summary>Mutant: deletes and commits before it sends, so a crash in between loses the message.</summary>
internal sealed class DeleteFirstRelay(NpgsqlDataSource database, IBusControl bus, RelayCall calls, ILogger<Relay> log) : Relay(database, bus, calls, log)
{
    private readonly NpgsqlDataSource _database = database;

    protected override async Task<int> PumpAsync(CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var messages = await ReadAsync(connection, transaction, ct);
        if (messages.Count == 0)
        {
            return 0;
        }

        await DeleteAsync(connection, transaction, [.. messages.Select(message => message.SequenceNumber)]);
        await transaction.CommitAsync(CancellationToken.None);
        await SendAsync(messages, ct);
        return messages.Count;
    }
}
