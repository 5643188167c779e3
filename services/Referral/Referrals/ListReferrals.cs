using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>Lists referrals page by page, newest first, with totals per state: an agency's own, or for the operator everybody's.</summary>
public static class ListReferrals
{
    private const int Size = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/agency/referrals", (HttpContext http, ReferralDb db, string? state, int? page, CancellationToken ct) =>
            Handle(OfAgency(db, http), state, page, db, ct)).RequireOrganisation("agency");
        app.MapGet("/operator/referrals", (ReferralDb db, string? state, int? page, CancellationToken ct) =>
            Handle(db.Referrals, state, page, db, ct)).RequireOrganisation("operator");
    }

    public sealed record Page(int Total, [property: JsonPropertyName("page")] int Number, int Size, ReferralView[] Items, StateTotal[] Totals);

    /// <remarks><c>source</c>: <c>link</c>, or <c>waitlist</c> for a patient the agency let wait; that has no code and no label.</remarks>
    public sealed record ReferralView(
        Guid BookingId,
        string Reference,
        Guid? AgencyId,
        string State,
        string? RefusedReason,
        string Source,
        string Code,
        string? Label,
        string ServiceLine,
        decimal? Percent,
        Money Price,
        Money? Commission,
        DateTimeOffset TouchedAt,
        DateTimeOffset PlacedAt,
        DateTimeOffset StartsAt,
        DateTimeOffset? AccruedAt,
        DateTimeOffset? VoidedAt,
        bool Demo);

    public sealed record Money(long AmountMinor, string Currency);

    /// <summary>How many referrals are in a state, and their commissions, per currency: amounts of two currencies are never added.</summary>
    public sealed record StateTotal(string State, int Count, Money Commission);

    internal static IQueryable<ReferralRecord> OfAgency(ReferralDb db, HttpContext http)
    {
        var agencyId = http.Caller().OrganisationId!.Value;
        return db.Referrals.Where(referral => referral.AgencyId == agencyId);
    }

    internal static Task<StateTotal[]> TotalsAsync(IQueryable<ReferralRecord> referrals, CancellationToken ct) => referrals
        .GroupBy(referral => new { referral.State, referral.Currency })
        .OrderBy(group => group.Key.State).ThenBy(group => group.Key.Currency)
        .Select(group => new StateTotal(group.Key.State, group.Count(), new Money(group.Sum(referral => referral.CommissionMinor ?? 0), group.Key.Currency)))
        .ToArrayAsync(ct);

    private static async Task<Ok<Page>> Handle(IQueryable<ReferralRecord> all, string? state, int? page, ReferralDb db, CancellationToken ct)
    {
        var number = Math.Clamp(page ?? 1, 1, 100_000);
        var chosen = string.IsNullOrEmpty(state) ? all : all.Where(referral => referral.State == state);
        var items = await chosen.AsNoTracking()
            .OrderByDescending(referral => referral.PlacedAt).ThenBy(referral => referral.BookingId)
            .Skip((number - 1) * Size).Take(Size)
            .Select(referral => new ReferralView(
                referral.BookingId,
                referral.Reference,
                referral.AgencyId,
                referral.State,
                referral.RefusedReason,
                referral.Source,
                referral.Code,
                db.Links.Where(link => link.Id == referral.LinkId).Select(link => link.Label).FirstOrDefault(),
                referral.ServiceLine,
                referral.Percent,
                new Money(referral.PriceMinor, referral.Currency),
                referral.CommissionMinor == null ? null : new Money(referral.CommissionMinor.Value, referral.Currency),
                referral.TouchedAt,
                referral.PlacedAt,
                referral.StartsAt,
                referral.AccruedAt,
                referral.VoidedAt,
                referral.Demo))
            .ToArrayAsync(ct);
        return TypedResults.Ok(new Page(await chosen.CountAsync(ct), number, Size, items, await TotalsAsync(all, ct)));
    }
}
