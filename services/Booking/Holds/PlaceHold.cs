using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Tracers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedTourism.Booking.Holds;

/// <summary>Keeps a start time for a patient for some minutes, on every resource the treatment needs, or on none.</summary>
public static class PlaceHold
{
    private const int Tries = 3;

    /// <summary>
    /// The holds of one caller take turns, so two at once cannot both be the last allowed one. Sent together with a <see cref="TakeTime.ForHold"/> for
    /// each resource.
    /// </summary>
    internal static readonly string[] Statements =
    [
        "SET LOCAL lock_timeout = '2s'",
        "SELECT pg_advisory_xact_lock($1)",
        """
        INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, holder)
        SELECT $1, $2, $3, $4, $5, 'held', now() + make_interval(mins => $6), 1, $7, $8, $9
        WHERE (SELECT count(*) FROM holds WHERE holder = $9 AND state = 'held' AND expires_at > now()) < $10
        RETURNING expires_at, now()
        """,
    ];

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/holds", Handle).AllowAnonymous().RequireRateLimiting("holds").Produces<HoldView>(StatusCodes.Status201Created);

    public sealed record Request(Guid OfferId, DateTimeOffset Start);

    /// <summary>The parts of the service that a hold needs; those that only a winner needs are made when it asks, not for each of hundreds in a rush.</summary>
    public sealed record Parts(HttpContext Http, NpgsqlDataSource Database, IOptions<BookingOptions> Options, Rush Rush)
    {
        internal BookingDb Db => Http.RequestServices.GetRequiredService<BookingDb>();

        internal IPublishEndpoint Bus => Http.RequestServices.GetRequiredService<IPublishEndpoint>();
    }

    private static async Task<IResult> Handle(Request request, [AsParameters] Parts parts, CancellationToken ct)
    {
        if (Idempotency.KeyOf(parts.Http) is not { } key)
        {
            return Idempotency.KeyMissing();
        }

        var wanted = (request.OfferId, request.Start.ToUniversalTime());
        var me = new Rush.Person(key);
        if (await parts.Rush.EnterAsync(wanted, me) is { } late)
        {
            return late.ToProblem();
        }

        try
        {
            return await AtFrontAsync(request, parts, wanted, me, ct);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            parts.Rush.Fail(wanted, me, exception);
            throw;
        }
        finally
        {
            parts.Rush.Leave(wanted, me);
        }
    }

    private static async Task<IResult> AtFrontAsync(
        Request request, Parts parts, (Guid Offer, DateTimeOffset Start) wanted, Rush.Person me, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var line = parts.Rush.Line(wanted);
            var (time, refusal) = await WantedTime.LookAsync(parts.Database, wanted.Offer, wanted.Start, attempt > Tries, ct);
            if (refusal is not null)
            {
                // A request that is sent again is told what it was told first, also if its own hold is what takes the time.
                var known = await Idempotency.KnownAsync(parts.Database, [.. line.Select(person => person.Key)], ct);
                parts.Rush.Refuse(wanted, line.Where(person => person != me && !known.Contains(person.Key)), refusal);
                return known.Contains(me.Key)
                    ? await Idempotency.OnceAsync(parts.Http, parts.Db, me.Key, request, () => Task.FromResult<IResult>(refusal.ToProblem()))
                    : refusal.ToProblem();
            }

            var lost = false;
            var answer = await Idempotency.OnceAsync(parts.Http, parts.Db, me.Key, request, async () =>
            {
                var taken = await TakeAsync(parts, time!, ct);
                lost = taken is null;
                return taken ?? Problems.Conflict("time-taken", "Someone just took this time.");
            });
            if (!lost)
            {
                return answer;
            }
        }
    }

    /// <summary>Null if someone was faster; then the transaction must not commit.</summary>
    private static async Task<IResult?> TakeAsync(Parts parts, WantedTime wanted, CancellationToken ct)
    {
        var (offer, time, options) = (wanted.Offer, wanted.Time, parts.Options.Value);
        var (id, key, holder) = (Guid.CreateVersion7(), AccessKey.New(), Holder(parts.Http, options));
        await using var batch = new NpgsqlBatch((NpgsqlConnection)parts.Db.Database.GetDbConnection());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Statements[0]));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Statements[1]) { Parameters = { new NpgsqlParameter<long> { TypedValue = BitConverter.ToInt64(holder) } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Statements[2])
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = id },
                new NpgsqlParameter<Guid> { TypedValue = offer.OfferId },
                new NpgsqlParameter<string> { TypedValue = offer.CenterId },
                new NpgsqlParameter<DateTime> { TypedValue = time.Start.UtcDateTime },
                new NpgsqlParameter<DateTime> { TypedValue = time.End.UtcDateTime },
                new NpgsqlParameter<int> { TypedValue = options.HoldMinutes },
                new NpgsqlParameter<int> { TypedValue = wanted.Resources.Count },
                new NpgsqlParameter<byte[]> { TypedValue = AccessKey.Hash(key) },
                new NpgsqlParameter<byte[]> { TypedValue = holder },
                new NpgsqlParameter<int> { TypedValue = options.MostLiveHolds },
            },
        });
        foreach (var resource in wanted.Resources)
        {
            batch.BatchCommands.Add(TakeTime.ForHold(id, resource, time));
        }

        DateTimeOffset expires, now;
        await using (var rows = await batch.ExecuteReaderAsync(ct))
        {
            await rows.NextResultAsync(ct); // the lock
            if (!await rows.ReadAsync(ct))
            {
                return Problems.Of(429, "too-many-holds", $"You hold {options.MostLiveHolds} times already. Use or release one of them first.");
            }

            (expires, now) = (rows.GetDateTime(0), rows.GetDateTime(1));
        }

        if (wanted.Resources.Where((_, n) => batch.BatchCommands[Statements.Length + n].RecordsAffected != 1).Any())
        {
            return null;
        }

        // Null here too: the next look says what is wrong with the tracer.
        if (await TakeDose.ForHoldAsync(parts.Db, offer, id, ct) is not null)
        {
            return null;
        }

        var hold = new Hold
        {
            Id = id, OfferId = offer.OfferId, CenterId = offer.CenterId, StartsAt = time.Start, EndsAt = time.End, State = Hold.Held, ExpiresAt = expires,
            Fence = 1, Resources = wanted.Resources.Count, AccessKeyHash = AccessKey.Hash(key), Holder = holder, CreatedAt = now,
        };
        await parts.Bus.PublishFor(id, new HoldPlaced(id, offer.OfferId, offer.CenterId, time.Start, time.End, expires, hold.Fence), ct);
        return TypedResults.Created($"/holds/{id}", HoldView.Of(hold, offer, now, options, key));
    }

    /// <summary>The account, or a hash of the address: enough to count, nothing to recognise a person by.</summary>
    internal static byte[] Holder(HttpContext http, BookingOptions options) =>
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(options.HolderSalt),
            Encoding.UTF8.GetBytes(http.Caller().Subject ?? http.Connection.RemoteIpAddress?.ToString() ?? "unknown"));
}
