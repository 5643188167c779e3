using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Courses;

/// <summary>Whether a center ranks the plans of daily courses by what their machine time is worth to later patients. Off until its admin switches it on.</summary>
public static class SwitchScarcityPolicy
{
    private const int HistoryDays = 90;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/course-policy", HandleShow).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPut("/clinic/course-policy", Handle).RequireOrganisation("clinic", "admin").RequireRateLimiting("write");
    }

    public sealed record Setting(bool Scarcity);

    private static async Task<Ok<Setting>> HandleShow(HttpContext http, BookingDb db, CancellationToken ct) =>
        TypedResults.Ok(new Setting(await IsOnAsync(db, http.Caller().OrganisationRef ?? string.Empty, ct)));

    private static async Task<Ok<Setting>> Handle(Setting request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO center_settings (center_id, scarcity_policy) VALUES ({http.Caller().OrganisationRef ?? string.Empty}, {request.Scarcity})
            ON CONFLICT (center_id) DO UPDATE SET scarcity_policy = EXCLUDED.scarcity_policy, changed_at = now()
            """,
            ct);
        return TypedResults.Ok(request);
    }

    /// <summary>The center's ranking for this plan, or null if it is off. Courses its doctors ordered lately are the history it learns from.</summary>
    public static async Task<RankPlans.Policy?> RankingAsync(BookingDb db, TreatmentPlans.TreatmentPlan plan, FreeTime time, DateOnly today, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(time);
        if (!await IsOnAsync(db, plan.CenterId, ct))
        {
            return null;
        }

        var from = DateTimeOffset.FromUnixTimeSeconds((today.AddDays(-HistoryDays).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400L);
        var issued = await db.TreatmentPlans.AsNoTracking()
            .Where(x => x.CenterId == plan.CenterId && x.Id != plan.Id && x.IssuedAt >= from && x.IssuedAt <= plan.IssuedAt).OrderBy(x => x.IssuedAt).ToListAsync(ct);
        var history = issued
            .Where(x => x.Pattern.IsCourse && x.Pattern.Cadence == Cadence.Daily && x.Pattern.ResourceKinds[0] == plan.Pattern.ResourceKinds[0])
            .Select(x => new ScarcityRanking.Asked(
                x.Priority, Availability.LocalTime.DateOf(x.IssuedAt, time.Zone), x.ReadyOn, x.DueOn, x.Pattern.Sessions, x.Pattern.SessionMinutes)).ToList();
        return ScarcityRanking.Of(plan, time, today, history, history.Count == 0 ? today : history.Min(x => x.On));
    }

    private static Task<bool> IsOnAsync(BookingDb db, string center, CancellationToken ct) =>
        db.Database.SqlQuery<bool>($"SELECT coalesce((SELECT scarcity_policy FROM center_settings WHERE center_id = {center}), false) AS \"Value\"").SingleAsync(ct);
}
