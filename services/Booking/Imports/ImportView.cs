using MedTourism.Booking.ICalendar;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>An import as its clinic sees it. <see cref="Address"/> is shortened: the whole one may be a secret. The times reach to <see cref="CoversUntil"/>.</summary>
public sealed record ImportView(
    Guid Id,
    Guid ResourceId,
    string ResourceName,
    string Kind,
    string Name,
    string? Address,
    string State,
    ImportProblem? Problem,
    List<CalendarNote> Notes,
    int Events,
    int Times,
    int Conflicts,
    DateTimeOffset? LastReadAt,
    DateTimeOffset? LastTriedAt,
    DateTimeOffset? NextReadAt,
    DateTimeOffset? CoversUntil,
    DateTimeOffset? PausedAt,
    DateTimeOffset CreatedAt)
{
    /// <summary>Those of a center, of one resource or one import if it is named.</summary>
    public static async Task<List<ImportView>> LoadAsync(BookingDb db, ImportAddresses addresses, string center, Guid? resourceId, Guid? id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(addresses);
        var imports = await db.Imports.AsNoTracking()
            .Where(x => x.CenterId == center && (resourceId == null || x.ResourceId == resourceId) && (id == null || x.Id == id))
            .OrderBy(x => x.CreatedAt).ToListAsync(ct);
        var ids = imports.Select(x => x.Id).ToArray();
        var counts = await db.Database.SqlQuery<Counts>(
            $"""
            SELECT t.import_id AS "Id", count(*)::int AS "Times", (count(*) FILTER (WHERE EXISTS (
                       SELECT 1 FROM allocations a WHERE a.resource_id = t.resource_id AND a.during && t.during
                       AND (a.state = 'booked' OR (a.state = 'held' AND a.expires_at > now())))))::int AS "Conflicts"
            FROM imported_times t WHERE t.import_id = ANY({ids}) AND t.ends_at > now() GROUP BY t.import_id
            """).ToDictionaryAsync(x => x.Id, ct);
        var resources = await db.Resources.AsNoTracking().Where(x => x.CenterId == center).ToDictionaryAsync(x => x.Id, x => x.Name, ct);
        return imports.ConvertAll(x => new ImportView(
            x.Id, x.ResourceId, resources[x.ResourceId], x.Kind, x.Name, addresses.Shortened(x), x.State, x.Problem, x.Notes, x.Events,
            counts.GetValueOrDefault(x.Id)?.Times ?? 0, counts.GetValueOrDefault(x.Id)?.Conflicts ?? 0, x.LastReadAt, x.LastTriedAt,
            x.PausedAt is null ? x.NextReadAt : null, x.LastReadAt + CalendarLimits.Horizon, x.PausedAt, x.CreatedAt));
    }

    private sealed record Counts(Guid Id, int Times, int Conflicts);
}
