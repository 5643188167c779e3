using MedTourism.Booking.Offers;
using MedTourism.Booking.Tracers;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.Booking.Availability;

/// <summary>The terms of an offer that is sold now, the hours of its resources and what is taken of them, as of one moment.</summary>
public sealed record OfferTimes(OfferTerms Terms, DateTimeOffset Now, Calendars Calendars, Dictionary<Guid, List<Interval>> Busy, TracerRoom Tracers)
{
    /// <summary>
    /// Sent together, so that everything comes in one round trip. $1 is the offer; the window reaches from $2, or from now if that is later, as long as
    /// $3 and the offer's duration together.
    /// </summary>
    internal static readonly string[] Statements =
    [
        $"""
        SELECT {OfferTerms.Columns}, now(), (
            SELECT {PackedTimes.AggregateByResource}
            FROM resources r
            CROSS JOIN LATERAL (
                SELECT resource_id, starts_at, ends_at FROM allocations
                WHERE resource_id = r.id AND during && tstzrange(greatest($2, now()), greatest($2, now()) + $3 + make_interval(mins => o.duration_minutes), '[)')
                  AND (state <> 'held' OR expires_at > now())
                OFFSET 0) AS a
            WHERE r.center_id = o.center_id AND r.kind = ANY(o.resource_kinds) AND r.status = 'open')
        FROM offer_terms o
        WHERE o.offer_id = $1 AND NOT EXISTS (SELECT 1 FROM offer_withdrawals w WHERE w.offer_id = o.offer_id AND w.version >= o.version)
        """,
        $"""
        WITH o AS (SELECT center_id, resource_kinds, duration_minutes FROM offer_terms WHERE offer_id = $1),
        w AS (SELECT greatest($2, now()) - interval '2 days' AS first, greatest($2, now()) + $3 + make_interval(mins => o.duration_minutes) + interval '2 days' AS last FROM o),
        r AS (SELECT r.id, r.center_id, r.kind, r.time_zone, r.slot_minutes
              FROM o JOIN resources r ON r.center_id = o.center_id AND r.kind = ANY(o.resource_kinds) AND r.status = 'open')
        {Calendars.Rows}
        """,
    ];

    /// <summary>Null if the offer is not sold.</summary>
    public static async Task<OfferTimes?> ReadAsync(NpgsqlDataSource database, Guid offer, DateTimeOffset from, TimeSpan length, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in Statements)
        {
            var command = new NpgsqlBatchCommand(statement);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = offer });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = length, NpgsqlDbType = NpgsqlDbType.Interval });
            batch.BatchCommands.Add(command);
        }

        OfferTimes times;
        await using (var rows = await batch.ExecuteReaderAsync(ct))
        {
            if (!await rows.ReadAsync(ct))
            {
                return null;
            }

            var (terms, now) = (OfferTerms.Read(rows), rows.GetDateTime(19));
            var busy = rows.IsDBNull(20) ? [] : PackedTimes.UnpackByResource(rows.GetFieldValue<byte[]>(20));
            await rows.NextResultAsync(ct);
            times = new OfferTimes(terms, now, await Calendars.ReadAsync(rows, ct), busy, new TracerRoom());
        }

        return times with { Tracers = await TracerRoom.LoadAsync(connection, [times.Terms], from > times.Now ? from : times.Now, ct) };
    }

    /// <summary>The free starts of a part of the window, as far as they may be sold now.</summary>
    public List<Interval> Starts(DateTimeOffset from, DateTimeOffset to, int most = int.MaxValue) =>
        Terms.IsInstant ? FindStarts.Compute(Terms, Calendars, Busy, Tracers, from, to, Now, most) : [];
}
