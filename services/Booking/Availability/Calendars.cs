using MedTourism.Booking.Offers;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.Booking.Availability;

/// <summary>The open resources of some offers with their hours, and what is taken of them: one query for each.</summary>
public sealed class Calendars
{
    /// <summary>The rows of the resources <c>r</c> that concern the time between <c>w.first</c> and <c>w.last</c>, and the holidays of it.</summary>
    /// <remarks>Every center is in Kazakhstan; a second country needs a column on resources.</remarks>
    internal const string Rows =
        """
        SELECT 'hours' AS entry, r.id, r.center_id, r.kind, r.time_zone, r.slot_minutes, h.weekday, h.from_local, h.to_local, h.valid_from, h.valid_to,
               NULL::timestamptz AS from_at, NULL::timestamptz AS to_at
        FROM r JOIN weekly_hours h ON h.resource_id = r.id
        UNION ALL
        SELECT e.kind, r.id, r.center_id, r.kind, r.time_zone, r.slot_minutes, NULL, NULL, NULL, NULL, NULL, e.from_at, e.to_at
        FROM w CROSS JOIN r JOIN calendar_exceptions e ON e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id)
        WHERE e.to_at > w.first AND e.from_at < w.last
        UNION ALL
        SELECT 'holiday', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.date, NULL, NULL, NULL
        FROM w JOIN public_holidays p ON p.country = 'KZ' AND p.date BETWEEN (w.first AT TIME ZONE 'UTC')::date AND (w.last AT TIME ZONE 'UTC')::date
        """;

    private const string OfCenters =
        $"""
        WITH w AS (SELECT $1 - interval '2 days' AS first, $2 + interval '2 days' AS last),
        r AS (SELECT id, center_id, kind, time_zone, slot_minutes FROM resources
              WHERE center_id = ANY($3) AND ($4 OR status = 'open') AND ($5::text[] IS NULL OR kind = ANY($5)))
        {Rows}
        """;

    // The lateral join makes PostgreSQL walk the index once per resource, whatever the size of the table.
    internal static readonly string BusyStatement =
        $"""
        SELECT a.resource_id, a.starts_at, a.ends_at
        FROM unnest($1) AS r(id)
        CROSS JOIN LATERAL (
            {TakenTimes.Of("r.id", "$2", "$3")}
            OFFSET 0) AS a
        """;

    private readonly Dictionary<string, List<ResourceCalendar>> _byCenter = new(StringComparer.Ordinal);
    private readonly HashSet<DateOnly> _holidays = [];

    public IReadOnlySet<DateOnly> Holidays => _holidays;

    /// <summary>The open resources of a center that an offer could occupy.</summary>
    public List<ResourceCalendar> For(OfferTerms offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return _byCenter.TryGetValue(offer.CenterId, out var all) ? all.FindAll(resource => offer.ResourceKinds.Contains(resource.Kind)) : [];
    }

    public static Task<Calendars> LoadAsync(
        BookingDb db, IReadOnlyCollection<OfferTerms> offers, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        WithConnectionAsync(db, connection => LoadAsync(connection, offers, from, to, ct), ct);

    public static Task<Calendars> LoadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<OfferTerms> offers, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        LoadAsync(
            connection, [.. offers.Select(offer => offer.CenterId).Distinct()], [.. offers.SelectMany(offer => offer.ResourceKinds).Distinct()], false, from, to, ct);

    /// <summary>All resources of one center, whatever their kind and status.</summary>
    public static Task<Calendars> LoadCenterAsync(BookingDb db, string center, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        WithConnectionAsync(db, connection => LoadAsync(connection, [center], null, true, from, to, ct), ct);

    /// <summary>The open resources of one center, of all kinds.</summary>
    internal static Task<Calendars> LoadOpenAsync(NpgsqlConnection connection, string center, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        LoadAsync(connection, [center], null, false, from, to, ct);

    /// <summary>The same, with the open times of the window worked out once for many questions.</summary>
    internal Calendars Remembering(DateTimeOffset from, DateTimeOffset to)
    {
        foreach (var resources in _byCenter.Values)
        {
            for (var i = 0; i < resources.Count; i++)
            {
                resources[i] = resources[i].Remembering(_holidays, from, to);
            }
        }

        return this;
    }

    /// <summary>When a resource is open within a window; nothing if it has no hours.</summary>
    public List<Interval> OpenIn(Guid resourceId, Interval window)
    {
        var resource = _byCenter.Values.SelectMany(list => list).FirstOrDefault(x => x.Id == resourceId);
        return resource is null ? [] : [.. resource.Open(_holidays, window.Start, window.End)
            .Where(open => open.Overlaps(window))
            .Select(open => new Interval(open.Start > window.Start ? open.Start : window.Start, open.End < window.End ? open.End : window.End))];
    }

    /// <summary>What is taken of these resources in the window. A hold past its time takes nothing.</summary>
    public static Task<Dictionary<Guid, List<Interval>>> BusyAsync(
        BookingDb db, IEnumerable<ResourceCalendar> resources, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        WithConnectionAsync(db, connection => BusyAsync(connection, resources, from, to, ct), ct);

    public static async Task<Dictionary<Guid, List<Interval>>> BusyAsync(
        NpgsqlConnection connection, IEnumerable<ResourceCalendar> resources, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(BusyStatement, connection);
        command.Parameters.AddWithValue(resources.Select(resource => resource.Id).Distinct().ToArray());
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await ReadBusyAsync(rows, ct);
    }

    /// <summary>Rows of a resource's id with the start and the end of a time.</summary>
    internal static async Task<Dictionary<Guid, List<Interval>>> ReadBusyAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var busy = new Dictionary<Guid, List<Interval>>();
        while (await rows.ReadAsync(ct))
        {
            var id = rows.GetGuid(0);
            if (!busy.TryGetValue(id, out var times))
            {
                busy[id] = times = [];
            }

            times.Add(new Interval(rows.GetDateTime(1), rows.GetDateTime(2)));
        }

        return busy;
    }

    /// <summary>What <see cref="Rows"/> selects.</summary>
    internal static async Task<Calendars> ReadAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var calendars = new Calendars();
        var known = new Dictionary<Guid, (List<OpeningHours> Hours, List<Interval> Closed, List<Interval> Opened)>();
        while (await rows.ReadAsync(ct))
        {
            var entry = rows.GetString(0);
            if (entry == "holiday")
            {
                calendars._holidays.Add(Date(9)!.Value);
                continue;
            }

            var id = rows.GetGuid(1);
            if (!known.TryGetValue(id, out var lists))
            {
                known[id] = lists = ([], [], []);
                var center = rows.GetString(2);
                var siblings = calendars._byCenter.TryGetValue(center, out var list) ? list : calendars._byCenter[center] = [];
                siblings.Add(new ResourceCalendar(
                    id, rows.GetString(3), TimeZoneInfo.FindSystemTimeZoneById(rows.GetString(4)), rows.GetInt32(5), lists.Hours, lists.Closed, lists.Opened));
            }

            if (entry == "hours")
            {
                lists.Hours.Add(new OpeningHours(rows.GetInt16(6), rows.GetFieldValue<TimeOnly>(7), rows.GetFieldValue<TimeOnly>(8), Date(9), Date(10)));
            }
            else
            {
                (entry == "closed" ? lists.Closed : lists.Opened).Add(new Interval(rows.GetDateTime(11), rows.GetDateTime(12)));
            }
        }

        return calendars;

        DateOnly? Date(int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<DateOnly>(column);
    }

    private static async Task<Calendars> LoadAsync(
        NpgsqlConnection connection, string[] centers, string[]? kinds, bool all, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(OfCenters, connection);
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        command.Parameters.AddWithValue(centers);
        command.Parameters.AddWithValue(all);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)kinds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await ReadAsync(rows, ct);
    }

    /// <summary>On the context's connection, inside its transaction if there is one.</summary>
    private static async Task<T> WithConnectionAsync<T>(BookingDb db, Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            return await work((NpgsqlConnection)db.Database.GetDbConnection());
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
