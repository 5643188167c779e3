using MedTourism.Booking.Sessions;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Cycles;

/// <summary>A center says how many retrievals and transfers its laboratory takes in each week, and sees how many are kept.</summary>
public static class SetCapacity
{
    private const int MostWeeks = 110;
    private static readonly string[] Steps = [Phases.Retrieval, Phases.Transfer];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/cycles/capacity", HandleShow).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPut("/clinic/cycles/capacity", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    /// <summary>The same number for every week from the week of <see cref="From"/> to that of <see cref="To"/>.</summary>
    public sealed record Request(string? Step, DateOnly From, DateOnly To, int Capacity);

    public sealed record Week(string Step, DateOnly Monday, int Capacity, int Kept);

    private static async Task<Ok<List<Week>>> HandleShow(DateOnly? from, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var first = PlanCycle.WeekOf(from ?? DateOnly.FromDateTime((await db.NowAsync(ct)).UtcDateTime));
        return TypedResults.Ok(await WeeksAsync(db, center, first, first.AddDays(7 * MostWeeks), ct));
    }

    private static async Task<Results<Ok<List<Week>>, ProblemHttpResult>> Handle(Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var (first, last) = (PlanCycle.WeekOf(request.From), PlanCycle.WeekOf(request.To));
        if (!Steps.Contains(request.Step))
        {
            return Problems.Fields(("step", "must be retrieval or transfer"));
        }

        if (last < first || last.DayNumber - first.DayNumber > 7 * MostWeeks)
        {
            return Problems.Fields(("to", $"must not be before from, nor more than {MostWeeks} weeks after it"));
        }

        if (request.Capacity is < 0 or > 1000)
        {
            return Problems.Fields(("capacity", "must be 0 to 1000"));
        }

        var center = http.Caller().OrganisationRef ?? string.Empty;
        return await db.InTransactionAsync(() => WriteAsync(db, center, request.Step!, first, last, request.Capacity, ct), ct);
    }

    /// <summary>The update locks the weeks, as everyone does who takes a place; so what is counted afterwards stays true.</summary>
    private static async Task<Results<Ok<List<Week>>, ProblemHttpResult>> WriteAsync(
        BookingDb db, string center, string step, DateOnly first, DateOnly last, int capacity, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SAVEPOINT capacity", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cycle_capacity (center_id, step, week, capacity)
            SELECT {center}, {step}, week::date, {capacity} FROM generate_series({first}::date, {last}::date, interval '7 days') AS week ORDER BY week
            ON CONFLICT (center_id, step, week) DO UPDATE SET capacity = EXCLUDED.capacity
            """,
            ct);
        var weeks = await WeeksAsync(db, center, first, last, ct);
        var over = weeks.FindAll(week => week.Step == step && week.Kept > week.Capacity);
        if (over.Count == 0)
        {
            return TypedResults.Ok(weeks);
        }

        await db.Database.ExecuteSqlAsync($"ROLLBACK TO SAVEPOINT capacity", ct);
        return Problems.Conflict(
            "capacity-in-use", "Patients keep more places than that in some weeks.",
            new() { ["weeks"] = over.ConvertAll(week => new { week.Step, week.Monday, week.Kept }) });
    }

    private static Task<List<Week>> WeeksAsync(BookingDb db, string center, DateOnly first, DateOnly last, CancellationToken ct) =>
        db.Database.SqlQuery<Week>(
            $"""
            SELECT c.step AS "Step", c.week AS "Monday", c.capacity AS "Capacity",
                   (SELECT count(*)::int FROM cycle_reservations_live r WHERE r.center_id = c.center_id AND r.step = c.step AND r.week = c.week) AS "Kept"
            FROM cycle_capacity c WHERE c.center_id = {center} AND c.week BETWEEN {first} AND {last} ORDER BY c.week, c.step
            """).ToListAsync(ct);
}
