using MedTourism.Booking.Offers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Availability;

/// <summary>The open resources of some offers with their hours, and what is taken of them: one query for each.</summary>
public sealed class Calendars
{
    // Every center is in Kazakhstan; a second country needs a column on resources.
    private const string Country = "KZ";

    private static readonly TimeSpan Margin = TimeSpan.FromDays(2);

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
        LoadAsync(
            db, [.. offers.Select(offer => offer.CenterId).Distinct()], [.. offers.SelectMany(offer => offer.ResourceKinds).Distinct()], false, from, to, ct);

    /// <summary>All resources of one center, whatever their kind and status.</summary>
    public static Task<Calendars> LoadCenterAsync(BookingDb db, string center, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        LoadAsync(db, [center], [], true, from, to, ct);

    /// <summary>When a resource is open within a window; nothing if it has no hours.</summary>
    public List<Interval> OpenIn(Guid resourceId, Interval window)
    {
        var resource = _byCenter.Values.SelectMany(list => list).FirstOrDefault(x => x.Id == resourceId);
        return resource is null ? [] : [.. resource.Open(_holidays, window.Start, window.End)
            .Where(open => open.Overlaps(window))
            .Select(open => new Interval(open.Start > window.Start ? open.Start : window.Start, open.End < window.End ? open.End : window.End))];
    }

    private static async Task<Calendars> LoadAsync(
        BookingDb db, string[] centers, string[] kinds, bool all, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var (first, last) = (from.ToUniversalTime() - Margin, to.ToUniversalTime() + Margin);
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            WITH r AS (
                SELECT id, center_id, kind, time_zone, slot_minutes FROM resources
                WHERE center_id = ANY({centers}) AND ({all} OR (kind = ANY({kinds}) AND status = 'open')))
            SELECT r.id AS "ResourceId", r.center_id AS "CenterId", r.kind AS "Kind", r.time_zone AS "TimeZone", r.slot_minutes AS "SlotMinutes",
                   'hours' AS "Entry", h.weekday::int AS "Weekday", h.from_local AS "FromLocal", h.to_local AS "ToLocal",
                   h.valid_from AS "FromDate", h.valid_to AS "ToDate", NULL::timestamptz AS "FromAt", NULL::timestamptz AS "ToAt"
            FROM r JOIN weekly_hours h ON h.resource_id = r.id
            UNION ALL
            SELECT r.id, r.center_id, r.kind, r.time_zone, r.slot_minutes, e.kind, NULL, NULL, NULL, NULL, NULL, e.from_at, e.to_at
            FROM r JOIN calendar_exceptions e ON e.center_id = r.center_id AND (e.resource_id IS NULL OR e.resource_id = r.id)
            WHERE e.to_at > {first} AND e.from_at < {last}
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, 'holiday', NULL, NULL, NULL, p.date, NULL, NULL, NULL
            FROM public_holidays p
            WHERE p.country = {Country} AND p.date BETWEEN {DateOnly.FromDateTime(first.DateTime)} AND {DateOnly.FromDateTime(last.DateTime)}
            """).ToListAsync(ct);

        var calendars = new Calendars();
        calendars._holidays.UnionWith(rows.Where(row => row.Entry == "holiday").Select(row => row.FromDate!.Value));
        foreach (var resource in rows.Where(row => row.ResourceId is not null).GroupBy(row => row.ResourceId!.Value))
        {
            var any = resource.First();
            var known = calendars._byCenter.TryGetValue(any.CenterId!, out var list) ? list : calendars._byCenter[any.CenterId!] = [];
            known.Add(new ResourceCalendar(
                resource.Key,
                any.Kind!,
                TimeZoneInfo.FindSystemTimeZoneById(any.TimeZone!),
                any.SlotMinutes!.Value,
                [.. resource.Where(row => row.Entry == "hours").Select(row => new OpeningHours(row.Weekday!.Value, row.FromLocal!.Value, row.ToLocal!.Value, row.FromDate, row.ToDate))],
                Exceptions("closed"),
                Exceptions("open")));

            Interval[] Exceptions(string kind) =>
                [.. resource.Where(row => row.Entry == kind).Select(row => new Interval(row.FromAt!.Value, row.ToAt!.Value))];
        }

        return calendars;
    }

    /// <summary>What is taken of these resources in the window. A hold past its time takes nothing.</summary>
    public static async Task<Dictionary<Guid, List<Interval>>> BusyAsync(
        BookingDb db, IEnumerable<ResourceCalendar> resources, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var ids = resources.Select(resource => resource.Id).Distinct().ToArray();
        var (first, last) = (from.ToUniversalTime(), to.ToUniversalTime());

        // The lateral join makes PostgreSQL walk the exclusion constraint's index once per resource, whatever the size of the table.
        var rows = await db.Database.SqlQuery<BusyRow>(
            $"""
            SELECT a.resource_id AS "ResourceId", a.starts_at AS "Start", a.ends_at AS "End"
            FROM unnest({ids}) AS r(id)
            CROSS JOIN LATERAL (
                SELECT resource_id, starts_at, ends_at FROM allocations
                WHERE resource_id = r.id AND during && tstzrange({first}, {last}, '[)') AND (state <> 'held' OR expires_at > now())
                OFFSET 0) AS a
            """).ToListAsync(ct);
        return rows.GroupBy(row => row.ResourceId).ToDictionary(group => group.Key, group => group.Select(row => new Interval(row.Start, row.End)).ToList());
    }

    private sealed record Row(
        Guid? ResourceId,
        string? CenterId,
        string? Kind,
        string? TimeZone,
        int? SlotMinutes,
        string Entry,
        int? Weekday,
        TimeOnly? FromLocal,
        TimeOnly? ToLocal,
        DateOnly? FromDate,
        DateOnly? ToDate,
        DateTimeOffset? FromAt,
        DateTimeOffset? ToAt);

    private sealed record BusyRow(Guid ResourceId, DateTimeOffset Start, DateTimeOffset End);
}
