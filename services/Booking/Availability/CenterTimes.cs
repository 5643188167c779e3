using MedTourism.Booking.Offers;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>The hours of a center's open resources and what is taken of them, as of one moment: <see cref="OfferTimes"/> for many offers at once.</summary>
internal sealed record CenterTimes(Calendars Calendars, Dictionary<Guid, List<Interval>> Busy)
{
    /// <summary>What is taken of the kinds $2 at the centers $1 between $3 and $4, with the marks of the calendars that it belongs to.</summary>
    internal static readonly string Statement =
        $"""
        SELECT s.center_id, coalesce(c.version, 0), coalesce(h.version, 0), now(), (
            SELECT {PackedTimes.AggregateByResource}
            FROM resources r
            CROSS JOIN LATERAL (
                {TakenTimes.Of("r.id", "$3", "$4")}
                OFFSET 0) AS a
            WHERE r.center_id = s.center_id AND r.kind = ANY($2) AND r.status = 'open')
        FROM unnest($1) AS s(center_id)
        LEFT JOIN calendar_versions c ON c.scope = s.center_id
        LEFT JOIN calendar_versions h ON h.scope = 'holidays'
        """;

    /// <summary>Of every center that one of the offers is at. A calendar is read only if the known one is not of now.</summary>
    public static async Task<Dictionary<string, CenterTimes>> ReadAsync(
        NpgsqlConnection connection, KnownCalendars known, IReadOnlyCollection<OfferTerms> offers, Interval window, CancellationToken ct)
    {
        string[] centers = [.. offers.Select(offer => offer.CenterId).Distinct()];
        string[] kinds = [.. offers.SelectMany(offer => offer.ResourceKinds).Distinct()];
        Dictionary<string, KnownCalendars.Fresh> fresh = new(StringComparer.Ordinal);
        for (var reads = 0; ; reads++)
        {
            Dictionary<string, CenterTimes> times = new(StringComparer.Ordinal);
            List<Look> unknown = [];
            foreach (var look in await LookAsync(connection, centers, kinds, window, ct))
            {
                var read = fresh.GetValueOrDefault(look.Center);
                if ((known.Find(look.Center, look.Marks, look.Now, read) ?? (reads < KnownCalendars.MostReads ? null : read?.Calendars)) is { } calendars)
                {
                    times[look.Center] = new CenterTimes(calendars, look.Busy);
                }
                else
                {
                    unknown.Add(look);
                }
            }

            if (unknown.Count == 0)
            {
                return times;
            }

            foreach (var look in unknown)
            {
                fresh[look.Center] = await KnownCalendars.ReadAsync(connection, look.Center, look.Marks, look.Now, ct);
            }
        }
    }

    private static async Task<List<Look>> LookAsync(NpgsqlConnection connection, string[] centers, string[] kinds, Interval window, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Statement, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = centers },
                new NpgsqlParameter<string[]> { TypedValue = kinds },
                new NpgsqlParameter<DateTime> { TypedValue = window.Start.UtcDateTime },
                new NpgsqlParameter<DateTime> { TypedValue = window.End.UtcDateTime },
            },
        };
        List<Look> looks = [];
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            looks.Add(new Look(
                rows.GetString(0), new KnownCalendars.Marks(rows.GetInt64(1), rows.GetInt64(2)), rows.GetDateTime(3),
                await rows.IsDBNullAsync(4, ct) ? [] : PackedTimes.UnpackByResource(rows.GetFieldValue<byte[]>(4))));
        }

        return looks;
    }

    private sealed record Look(string Center, KnownCalendars.Marks Marks, DateTimeOffset Now, Dictionary<Guid, List<Interval>> Busy);
}
