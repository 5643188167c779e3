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

    public sealed record Request(bool Scarcity);

    /// <remarks><c>since</c> and <c>by</c> (the account's subject): Of the last switch; null for a center that never switched.</remarks>
    public sealed record Setting(bool Scarcity, DateTimeOffset? Since, string? By);

    private static async Task<Ok<Setting>> HandleShow(HttpContext http, BookingDb db, CancellationToken ct) =>
        TypedResults.Ok(await LoadAsync(db, http.Caller().OrganisationRef ?? string.Empty, ct));

    /// <summary>Switching to what it is already changes neither since when nor by whom.</summary>
    private static async Task<Ok<Setting>> Handle(Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var (center, by) = (http.Caller().OrganisationRef ?? string.Empty, http.Caller().Subject ?? http.Caller().ClientId);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO center_settings AS known (center_id, scarcity_policy, changed_by) VALUES ({center}, {request.Scarcity}, {by})
            ON CONFLICT (center_id) DO UPDATE SET scarcity_policy = EXCLUDED.scarcity_policy, changed_at = now(), changed_by = EXCLUDED.changed_by
            WHERE known.scarcity_policy <> EXCLUDED.scarcity_policy
            """,
            ct);
        return TypedResults.Ok(await LoadAsync(db, center, ct));
    }

    private static async Task<Setting> LoadAsync(BookingDb db, string center, CancellationToken ct) =>
        await db.Database.SqlQuery<Setting>(
            $"""
            SELECT scarcity_policy AS "Scarcity", changed_at AS "Since", changed_by AS "By" FROM center_settings WHERE center_id = {center}
            """).SingleOrDefaultAsync(ct) ?? new Setting(false, null, null);

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
