using MedTourism.Booking.Offers;
using MedTourism.Booking.Tracers;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.Booking.Availability;

/// <summary>The terms of an offer that is sold now, the hours of its resources and what is taken of them, as of one moment.</summary>
public sealed record OfferTimes(OfferTerms Terms, DateTimeOffset Now, Calendars Calendars, Dictionary<Guid, List<Interval>> Busy, TracerRoom Tracers)
{
    /// <summary>
    /// What is taken, with the marks of the terms and of the calendars that it belongs to. $1 is the offer; the window reaches from $2, or from now if
    /// that is later, as long as $3 and the offer's duration together.
    /// </summary>
    internal static readonly string Statement =
        $"""
        SELECT o.xmin, o.center_id, coalesce(c.version, 0), coalesce(h.version, 0), now(), (
            SELECT {PackedTimes.AggregateByResource}
            FROM resources r
            CROSS JOIN LATERAL (
                {TakenTimes.Of("r.id", "greatest($2, now())", "greatest($2, now()) + $3 + make_interval(mins => o.duration_minutes)")}
                OFFSET 0) AS a
            WHERE r.center_id = o.center_id AND r.kind = ANY(o.resource_kinds) AND r.status = 'open')
        FROM offer_terms o
        LEFT JOIN calendar_versions c ON c.scope = o.center_id
        LEFT JOIN calendar_versions h ON h.scope = 'holidays'
        WHERE o.offer_id = $1 AND NOT EXISTS (SELECT 1 FROM offer_withdrawals w WHERE w.offer_id = o.offer_id AND w.version >= o.version)
        """;

    /// <summary>Null if the offer is not sold.</summary>
    public static async Task<OfferTimes?> ReadAsync(NpgsqlDataSource database, Guid offer, DateTimeOffset from, TimeSpan length, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        var known = KnownCalendars.Of(database);
        await using var connection = await database.OpenConnectionAsync(ct);
        KnownCalendars.Fresh? fresh = null;
        for (var reads = 0; await LookAsync(connection, offer, from, length, ct) is { } look; reads++)
        {
            var calendars = known.Find(look.Center, look.Marks, look.Now, fresh) ?? (reads < KnownCalendars.MostReads ? null : fresh?.Calendars);
            if (await known.TermsAsync(connection, offer, look.Terms, ct) is not { } terms)
            {
                fresh = null; // published anew since the look, maybe at another center
            }
            else if (calendars is null)
            {
                fresh = await KnownCalendars.ReadAsync(connection, look.Center, look.Marks, look.Now, ct);
            }
            else
            {
                var tracers = await TracerRoom.LoadAsync(connection, [terms], from > look.Now ? from : look.Now, ct);
                return new OfferTimes(terms, look.Now, calendars, look.Busy, tracers);
            }
        }

        return null;
    }

    /// <summary>The free starts of a part of the window, as far as they may be sold now.</summary>
    public List<Interval> Starts(DateTimeOffset from, DateTimeOffset to, int most = int.MaxValue) =>
        Terms.IsInstant ? FindStarts.Compute(Terms, Calendars, Busy, Tracers, from, to, Now, most) : [];

    private static async Task<Look?> LookAsync(NpgsqlConnection connection, Guid offer, DateTimeOffset from, TimeSpan length, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Statement, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = offer });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = length, NpgsqlDbType = NpgsqlDbType.Interval });
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct)
            ? new Look(
                rows.GetFieldValue<uint>(0), rows.GetString(1), new KnownCalendars.Marks(rows.GetInt64(2), rows.GetInt64(3)), rows.GetDateTime(4),
                rows.IsDBNull(5) ? [] : PackedTimes.UnpackByResource(rows.GetFieldValue<byte[]>(5)))
            : null;
    }

    private sealed record Look(uint Terms, string Center, KnownCalendars.Marks Marks, DateTimeOffset Now, Dictionary<Guid, List<Interval>> Busy);
}
