using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Repairs;

/// <summary>A center chooses one of the proposals; a doctor approves what is clinical in it. Still nothing is told to anyone.</summary>
public static class ChooseRepair
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/clinic/repairs/{id:guid}/choose", HandleChoose).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
        app.MapPost("/clinic/repairs/{id:guid}/approve", HandleApprove).RequireOrganisation("clinic", "doctor").RequireRateLimiting("write");
    }

    /// <summary>Proposal: the key of one of the repair's proposals.</summary>
    public sealed record ChooseRequest(string? Proposal);

    public sealed record ApproveRequest(List<Guid>? BookingIds);

    private static async Task<Results<Ok<ShowRepairs.Detail>, ProblemHttpResult>> HandleChoose(
        Guid id, ChooseRequest request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var refused = await db.InTransactionAsync(
            async () =>
            {
                if (await ForUpdateAsync(db, http, id, ct) is not { } repair)
                {
                    return Unknown();
                }

                if (repair.State is not (Repair.Planned or Repair.Chosen))
                {
                    return NotOpen(repair);
                }

                if (repair.Proposals.Find(x => x.Key == request.Proposal) is not { } proposal)
                {
                    return Problems.Fields(("proposal", $"must be one of {string.Join(", ", repair.Proposals.Select(x => x.Key))}"));
                }

                await db.Database.ExecuteSqlAsync($"DELETE FROM repair_patients WHERE repair_id = {id}", ct);
                db.RepairPatients.AddRange(proposal.Patients.Select((plan, position) => new RepairPatient
                {
                    RepairId = id,
                    BookingId = plan.BookingId,
                    Position = position,
                    State = plan.Refusals.Count == 0 ? RepairPatient.Planned : RepairPatient.Impossible,
                    Plan = plan,
                }));
                await db.SaveChangesAsync(ct);
                var openings = System.Text.Json.JsonSerializer.Serialize(proposal.Openings);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE repairs SET state = 'chosen', chosen_key = {proposal.Key}, chosen_by = {Who(http)}, openings = {openings}::jsonb WHERE id = {id}
                    """,
                    ct);
                return null;
            },
            ct);
        return refused is null ? TypedResults.Ok(await ShowRepairs.LoadAsync(db, id, ct)) : refused;
    }

    private static async Task<Results<Ok<ShowRepairs.Detail>, ProblemHttpResult>> HandleApprove(
        Guid id, ApproveRequest request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (request.BookingIds is not { Count: > 0 } bookings)
        {
            return Problems.Fields(("bookingIds", "must name the bookings that you approve"));
        }

        var refused = await db.InTransactionAsync(
            async () =>
            {
                if (await ForUpdateAsync(db, http, id, ct) is not { } repair)
                {
                    return Unknown();
                }

                if (repair.State is not (Repair.Chosen or Repair.Applied))
                {
                    return NotOpen(repair);
                }

                var known = await db.RepairPatients.AsNoTracking().Where(x => x.RepairId == id && bookings.Contains(x.BookingId)).Select(x => x.BookingId).ToListAsync(ct);
                if (bookings.Except(known).ToList() is { Count: > 0 } strangers)
                {
                    return Problems.Fields(("bookingIds", $"not in this repair: {string.Join(", ", strangers)}"));
                }

                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE repair_patients SET approved_by = {Who(http)}, approved_at = now()
                    WHERE repair_id = {id} AND booking_id = ANY({known.ToArray()}) AND state = 'planned' AND approved_at IS NULL
                    """,
                    ct);
                return null;
            },
            ct);
        return refused is null ? TypedResults.Ok(await ShowRepairs.LoadAsync(db, id, ct)) : refused;
    }

    /// <summary>The repair, locked, if it is the caller's center's. Everyone who changes a repair or its patients begins here.</summary>
    public static async Task<Repair?> ForUpdateAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return (await db.Repairs.FromSql($"SELECT * FROM repairs WHERE id = {id} AND center_id = {center} FOR UPDATE").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
    }

    public static string Who(HttpContext http) => http.Caller().Subject ?? http.Caller().ClientId ?? "clinic";

    public static ProblemHttpResult Unknown() => Problems.NotFound("repair-unknown", "Your center has no such repair.");

    public static ProblemHttpResult NotOpen(Repair repair)
    {
        ArgumentNullException.ThrowIfNull(repair);
        return Problems.Conflict("repair-not-open", $"This repair is {repair.State}; that can no longer be done.", new() { ["state"] = repair.State });
    }
}
