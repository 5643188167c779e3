using MedTourism.Web.Clients;

namespace MedTourism.Web.Agencies;

/// <summary>Referral, asked for the signed-in member of an agency: links, who came through them, what is earned.</summary>
public sealed class AgencyClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<AgencySummary>> SummaryAsync(CancellationToken ct) => GetAsync<AgencySummary>("agency/summary", ct);

    public Task<Answer<AgencyLink[]>> LinksAsync(CancellationToken ct) => GetAsync<AgencyLink[]>("agency/links", ct);

    public Task<Answer<AgencyLink>> CreateLinkAsync(string label, Guid? offerId, string idempotencyKey, CancellationToken ct) =>
        PostAsync<AgencyLink>("agency/links", new { label, offerId }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<ReferralPage>> ReferralsAsync(string? state, int page, CancellationToken ct) =>
        GetAsync<ReferralPage>(Query("agency/referrals", ("state", state), ("page", page)), ct);

    public Task<Answer<AgencyAgreement>> AgreementAsync(CancellationToken ct) => GetAsync<AgencyAgreement>("agency/agreement", ct);
}

/// <summary>The agency's file for spreadsheets, passed through as Referral writes it.</summary>
public sealed class ReferralExport(HttpClient http)
{
    public Task<HttpResponseMessage> OpenAsync(CancellationToken ct) => http.GetAsync("agency/referrals.csv", HttpCompletionOption.ResponseHeadersRead, ct);
}

public sealed record StateTotal(string State, int Count, Money Commission);
public sealed record AgencySummary(string? AgencyName, bool Demo, int Links, long Visits, int Bookings, StateTotal[] Totals);
public sealed record AgencyLink(Guid Id, string Code, string Label, Guid? OfferId, long Visits, int Bookings, bool Demo, DateTimeOffset CreatedAt);

public sealed record Referral(
    Guid BookingId, string Reference, string State, string? RefusedReason, string Source, string Code, string? Label, string ServiceLine, decimal? Percent, Money Price, Money? Commission,
    DateTimeOffset TouchedAt, DateTimeOffset PlacedAt, DateTimeOffset StartsAt, DateTimeOffset? AccruedAt, DateTimeOffset? VoidedAt, bool Demo);

public sealed record ReferralPage(int Total, int Page, int Size, Referral[] Items, StateTotal[] Totals);
public sealed record AgreementTerm(string ServiceLine, decimal Percent, DateOnly ValidFrom, DateOnly? ValidUntil, bool InForce);
public sealed record AgencyAgreement(Guid AgencyId, string AgencyName, bool Demo, AgreementTerm[] Terms, string Basis);
