namespace MedTourism.Web.Clients;

/// <summary>Who brought the patient.</summary>
public sealed class ReferralClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<Visit>> VisitAsync(string code, CancellationToken ct) => PostAsync<Visit>("visits", new { code }, ct);

    /// <summary>What an agency earns from a patient it entered then.</summary>
    public Task<Answer<AgencyTerms>> TermsAsync(Guid agency, DateTimeOffset at, CancellationToken ct) =>
        GetAsync<AgencyTerms>(Query($"agencies/{agency}/terms", ("at", $"{at.UtcDateTime:O}")), ct);
}

/// <summary>The agency behind a link, and its commission in percent of the price by service line.</summary>
public sealed record Visit(string Code, string AgencyName, DateTimeOffset TouchedAt, DateTimeOffset? ExpiresAt, Dictionary<string, decimal>? PercentByLine, Guid? OfferId = null);

public sealed record AgencyTerms(string AgencyName, Dictionary<string, decimal> PercentByLine, bool Demo);
