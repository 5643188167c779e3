using MedTourism.Booking.Availability;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Booking.Courses;

/// <summary>Reads the free time of a center's resources: their calendars with one query, what is taken of them with another.</summary>
public static class LoadFreeTime
{
    // Every center is in Kazakhstan; a second country needs a column on resources.
    private const string Country = "KZ";

    /// <summary>
    /// Only resources of <paramref name="kinds"/>, or all of the center if it is null. The time of the sessions <paramref name="except"/> counts as free,
    /// because they are the ones that may move. Null if the center has no such resources.
    /// </summary>
    public static async Task<FreeTime?> OfCenterAsync(
        BookingDb db, string center, IReadOnlyCollection<string>? kinds, DateOnly firstDay, int days, CancellationToken ct, IReadOnlyCollection<Guid>? except = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            // Days are the center's; a day more on either side covers every zone and hours past midnight.
            var from = new DateTimeOffset(firstDay.AddDays(-2), TimeOnly.MinValue, TimeSpan.Zero);
            var to = from.AddDays(days + 4);
            var calendars = await CalendarsAsync(connection, center, kinds, from, to, ct);
            if (calendars.Resources.Count == 0)
            {
                return null;
            }

            await TakenAsync(connection, calendars.Resources, from, to, except, ct);
            var zone = TimeZoneInfo.FindSystemTimeZoneById(calendars.Resources.Values.First().Zone);
            return FreeTime.Of(zone, firstDay, days, calendars.Holidays, calendars.Resources.Values.Select(x => x.Facts));
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<(Dictionary<Guid, Row> Resources, Dictionary<DateOnly, string> Holidays)> CalendarsAsync(
        NpgsqlConnection connection, string center, IReadOnlyCollection<string>? kinds, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH r AS (SELECT * FROM resources WHERE center_id = $1 AND ($2 OR kind = ANY($3)))
            SELECT 0 AS entry, id, kind, name, lane, time_zone, status, matched_set, slot_minutes, NULL::int AS weekday, NULL::time AS from_local,
                   NULL::time AS to_local, NULL::date AS from_date, NULL::date AS to_date, NULL::timestamptz AS from_at, NULL::timestamptz AS to_at, NULL AS reason
            FROM r
            UNION ALL
            SELECT 1, r.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, h.weekday, h.from_local, h.to_local, h.valid_from, h.valid_to, NULL, NULL, NULL
            FROM r JOIN weekly_hours h ON h.resource_id = r.id
            UNION ALL
            SELECT CASE e.kind WHEN 'closed' THEN 2 ELSE 3 END, r.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, e.from_at, e.to_at, e.reason
            FROM r JOIN calendar_exceptions e ON e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id)
            WHERE e.to_at > $4 AND e.from_at < $5
            UNION ALL
            SELECT 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.date, NULL, NULL, NULL, p.name
            FROM public_holidays p WHERE p.country = $6 AND p.date BETWEEN $7 AND $8
            ORDER BY entry
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = center },
                new() { Value = kinds is null },
                new() { Value = kinds?.ToArray() ?? [] },
                new() { Value = from },
                new() { Value = to },
                new() { Value = Country },
                new() { Value = DateOnly.FromDateTime(from.DateTime) },
                new() { Value = DateOnly.FromDateTime(to.DateTime) },
            },
        };
        Dictionary<Guid, Row> resources = [];
        Dictionary<DateOnly, string> holidays = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            switch (reader.GetInt32(0))
            {
                case 0:
                    resources[reader.GetGuid(1)] = new Row(reader);
                    break;
                case 1:
                    resources[reader.GetGuid(1)].Hours.Add(new OpeningHours(
                        reader.GetInt32(9), reader.GetFieldValue<TimeOnly>(10), reader.GetFieldValue<TimeOnly>(11), Date(12), Date(13)));
                    break;
                case 2:
                    resources[reader.GetGuid(1)].Closed.Add(new Closure(Time(), reader.IsDBNull(16) ? null : reader.GetString(16)));
                    break;
                case 3:
                    resources[reader.GetGuid(1)].Opened.Add(Time());
                    break;
                default:
                    holidays[reader.GetFieldValue<DateOnly>(12)] = reader.GetString(16);
                    break;
            }
        }

        return (resources, holidays);

        DateOnly? Date(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
        Interval Time() => new(reader.GetFieldValue<DateTimeOffset>(14), reader.GetFieldValue<DateTimeOffset>(15));
    }

    /// <summary>
    /// One row per resource, because a busy machine has tens of thousands of bookings in a year and reading them row by row took longer than planning:
    /// the taken times as one string of bytes, the blocks, which are few, as arrays with their reasons. The lateral joins walk an index of times and one
    /// of blocks once per resource, whatever the size of the table, and read nothing of the table itself.
    /// </summary>
    private static async Task TakenAsync(
        NpgsqlConnection connection, Dictionary<Guid, Row> resources, DateTimeOffset from, DateTimeOffset to, IReadOnlyCollection<Guid>? except, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH movable AS (SELECT resource_id, starts_at FROM allocations WHERE session_id = ANY($4))
            SELECT r.id, taken.times, blocks.*
            FROM unnest($1) AS r(id)
            CROSS JOIN LATERAL (
                SELECT {PackedTimes.Aggregate} AS times FROM ({TakenTimes.Of("r.id", "$2", "$3", "state <> 'blocked' AND (resource_id, starts_at) NOT IN (SELECT * FROM movable)")}) AS a) AS taken
            CROSS JOIN LATERAL (
                SELECT array_agg(starts_at), array_agg(ends_at), array_agg(reason) FROM allocations
                WHERE resource_id = r.id AND state = 'blocked' AND starts_at < $3 AND ends_at > $2) AS blocks
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = resources.Keys.ToArray() },
                new() { Value = from },
                new() { Value = to },
                new() { Value = except?.ToArray() ?? [] },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = resources[reader.GetGuid(0)];
            row.Taken = reader.IsDBNull(1) ? [] : PackedTimes.Unpack(reader.GetFieldValue<byte[]>(1));
            var (starts, ends) = (Times(2), Times(3));
            var reasons = starts.Length == 0 ? [] : reader.GetFieldValue<string[]>(4);
            for (var i = 0; i < starts.Length; i++)
            {
                row.Blocks.Add(new Closure(new Interval(starts[i], ends[i]), reasons[i]));
            }
        }

        DateTime[] Times(int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<DateTime[]>(column);
    }

    /// <summary>A resource as its rows come in.</summary>
    private sealed class Row(NpgsqlDataReader reader)
    {
        private readonly (Guid Id, string Kind, string Name, int Lane, string Status, string? MatchedSet, int SlotMinutes) _resource =
            (reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetInt32(8));

        public string Zone { get; } = reader.GetString(5);

        public List<OpeningHours> Hours { get; } = [];

        public List<Closure> Closed { get; } = [];

        public List<Interval> Opened { get; } = [];

        public List<Closure> Blocks { get; } = [];

        public Interval[] Taken { get; set; } = [];

        public ResourceFacts Facts => new(
            _resource.Id, _resource.Kind, _resource.Name, _resource.Lane, _resource.Status, _resource.MatchedSet, _resource.SlotMinutes, Hours, Closed,
            Opened, Blocks, Taken);
    }
}
