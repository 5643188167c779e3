using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>A center's repairs: what is proposed, for whom, what it changes, and how far it has come.</summary>
public static class ShowRepairs
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/repairs", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapGet("/clinic/repairs/{id:guid}", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPost("/clinic/repairs/{id:guid}/replan", HandleReplan).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
    }

    /// <summary>Cause: <c>outage</c> or <c>missed</c>. Counts by state of the patients once a proposal is chosen.</summary>
    public sealed record Summary(
        Guid Id, string Cause, string State, Guid? OutageId, string? Resource, DateTimeOffset? From, DateTimeOffset? To, string? Reason, int Patients,
        Dictionary<string, int> Counts, int NeedClinician, DateTimeOffset PlannedAt);

    public sealed record Detail(
        Guid Id, string Cause, string State, OutageView? Outage, List<Proposal> Proposals, string? Chosen, List<PatientView> Patients, List<ResourceView> Resources,
        Guid? ReplacedBy, string PlannedBy, DateTimeOffset PlannedAt, DateTimeOffset? AppliedAt, DateTimeOffset ServerNow);

    public sealed record OutageView(Guid Id, Guid ResourceId, DateTimeOffset From, DateTimeOffset? To, string Reason, DateTimeOffset? EndedAt);

    /// <summary>Progress and the fields after it are null until a proposal is chosen.</summary>
    public sealed record PatientView(
        Guid BookingId, string Reference, string? GivenNames, string? FamilyName, string? Citizenship, Dictionary<string, string> ProcedureNames, Progress? Progress,
        List<SolutionOption> Options);

    /// <summary>Pending: asked for and not done yet. NeedsClinician: waits for a doctor's approval.</summary>
    public sealed record Progress(
        string State, string? Pending, bool NeedsClinician, string? ApprovedBy, DateTimeOffset? AnswerBy, string? AnsweredBy, DateTimeOffset? AnsweredAt, string? Wish,
        string? Resolution, RepairRefusal? Refusal);

    public sealed record ResourceView(Guid Id, string Name, string Kind, string Status);

    private static async Task<Ok<List<Summary>>> HandleList(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var repairs = await db.Repairs.AsNoTracking().Where(x => x.CenterId == center).OrderByDescending(x => x.PlannedAt).Take(Most).ToListAsync(ct);
        var ids = repairs.ConvertAll(x => x.Id);
        var rows = (await db.RepairPatients.AsNoTracking().Where(x => ids.Contains(x.RepairId)).ToListAsync(ct)).ToLookup(x => x.RepairId);
        var outageIds = repairs.ConvertAll(x => x.OutageId);
        var outages = await (
            from outage in db.Outages.AsNoTracking()
            where outageIds.Contains(outage.Id)
            join resource in db.Resources on outage.ResourceId equals resource.Id
            select new { outage, resource.Name }).ToDictionaryAsync(x => x.outage.Id, ct);
        return TypedResults.Ok(repairs.ConvertAll(x =>
        {
            var about = x.OutageId is { } outageId ? outages[outageId] : null;
            return new Summary(
                x.Id, x.Cause, x.State, x.OutageId, about?.Name, about?.outage.FromAt, about?.outage.ToAt, about?.outage.Reason, x.BookingIds.Length,
                rows[x.Id].GroupBy(r => r.State).ToDictionary(g => g.Key, g => g.Count()),
                rows[x.Id].Count(r => r.State == RepairPatient.Planned && r.NeedsClinician), x.PlannedAt);
        }));
    }

    private static async Task<Results<Ok<Detail>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return await db.Repairs.AnyAsync(x => x.Id == id && x.CenterId == center, ct) ? TypedResults.Ok(await LoadAsync(db, id, ct, options: true)) : ChooseRepair.Unknown();
    }

    /// <summary>Plans anew for whoever is still without a machine, or still owed a session.</summary>
    private static async Task<Results<Ok<Detail>, ProblemHttpResult>> HandleReplan(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await ChooseRepair.ForUpdateAsync(db, http, id, ct) is not { } repair)
        {
            return ChooseRepair.Unknown();
        }

        var by = ChooseRepair.Who(http);
        var outage = repair.OutageId is null ? null : await db.Outages.AsNoTracking().SingleAsync(x => x.Id == repair.OutageId, ct);
        var planned = outage is null
            ? await PlanRepair.ForMissedAsync(db, repair.CenterId, repair.BookingIds[0], by, ct)
            : await PlanRepair.ForOutageAsync(db, repair.CenterId, outage.Id, outage.ResourceId, by, ct);
        return planned is { } found
            ? TypedResults.Ok(await LoadAsync(db, found, ct))
            : Problems.Conflict("nothing-to-repair", "Every session has a machine.");
    }

    /// <summary>Options are looked for only where a page shows them: they read other centers' calendars.</summary>
    public static async Task<Detail> LoadAsync(BookingDb db, Guid id, CancellationToken ct, bool options = false)
    {
        ArgumentNullException.ThrowIfNull(db);
        var repair = await db.Repairs.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var outage = repair.OutageId is null ? null : await db.Outages.AsNoTracking().SingleAsync(x => x.Id == repair.OutageId, ct);
        var rows = await db.RepairPatients.AsNoTracking().Where(x => x.RepairId == id).ToDictionaryAsync(x => x.BookingId, ct);
        var bookings = await (
            from booking in db.Bookings.AsNoTracking()
            where repair.BookingIds.Contains(booking.Id)
            join person in db.BookingPeople on booking.Id equals person.BookingId into people
            from person in people.DefaultIfEmpty()
            select new { booking, person }).ToListAsync(ct);
        List<PatientView> patients = [];
        foreach (var x in bookings.OrderBy(x => rows.TryGetValue(x.booking.Id, out var row) ? row.Position : 0).ThenBy(x => x.booking.Reference))
        {
            var row = rows.GetValueOrDefault(x.booking.Id);
            var stuck = row is null ? repair.Proposals.Any(p => p.Patients.Any(q => q.BookingId == x.booking.Id && q.Refusals.Count > 0))
                : row is { Resolution: null, State: RepairPatient.Impossible or RepairPatient.Declined };
            patients.Add(new PatientView(
                x.booking.Id, x.booking.Reference, x.person?.GivenNames, x.person?.FamilyName, x.person?.Citizenship, x.booking.ProcedureNames,
                row is null ? null : new Progress(
                    row.State, row.Pending, row.State == RepairPatient.Planned && row.NeedsClinician, row.ApprovedBy, row.AnswerBy, row.AnsweredBy, row.AnsweredAt, row.Wish,
                    row.Resolution, row.Refusal),
                options && stuck ? await FindSolutions.ForAsync(db, x.booking, ct) : []));
        }

        var used = repair.Proposals.SelectMany(x => x.Patients).SelectMany(x => x.Moves).SelectMany(x => x.OldResources.Concat(x.NewResources))
            .Concat(repair.Proposals.SelectMany(x => x.Openings).Select(x => x.ResourceId)).Distinct().ToArray();
        return new Detail(
            repair.Id, repair.Cause, repair.State,
            outage is null ? null : new OutageView(outage.Id, outage.ResourceId, outage.FromAt, outage.ToAt, outage.Reason, outage.EndedAt),
            repair.Proposals, repair.ChosenKey, patients,
            await db.Resources.AsNoTracking().Where(x => used.Contains(x.Id) || (outage != null && x.Id == outage.ResourceId))
                .OrderBy(x => x.Kind).ThenBy(x => x.Name).Select(x => new ResourceView(x.Id, x.Name, x.Kind, x.Status)).ToListAsync(ct),
            repair.State == Repair.Withdrawn ? await ReplacementAsync(db, repair, outage, ct) : null,
            repair.PlannedBy, repair.PlannedAt, repair.AppliedAt, await db.NowAsync(ct));
    }

    private static async Task<Guid?> ReplacementAsync(BookingDb db, Repair repair, Outage? outage, CancellationToken ct) =>
        await (
            from later in db.Repairs.AsNoTracking()
            where later.CenterId == repair.CenterId && later.PlannedAt > repair.PlannedAt && later.State != Repair.Withdrawn && later.Cause == repair.Cause
            where outage == null ? later.BookingIds == repair.BookingIds : db.Outages.Any(x => x.Id == later.OutageId && x.ResourceId == outage.ResourceId)
            orderby later.PlannedAt descending
            select (Guid?)later.Id).FirstOrDefaultAsync(ct);
}
