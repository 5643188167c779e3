using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Book;

/// <summary>The agency whose link this browser followed first. Kept 90 days, never replaced by a later link.</summary>
public sealed record FirstTouch(string Code, string AgencyName, DateTimeOffset TouchedAt, Dictionary<string, decimal> PercentByLine)
{
    private const string Cookie = "via";

    public static FirstTouch? Read(SecretCookies cookies) => cookies.Read<FirstTouch>(Cookie);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/r/{code}", async (string code, HttpRequest request, ReferralClient referral, SecretCookies cookies, CancellationToken ct) =>
    {
        var language = (Cultures.Preferred(request) ?? Cultures.Default).Code;
        return await KeepAsync(code, referral, cookies, ct) is { OfferId: { } offer } ? Pages.SeeOther($"/{language}/offers/{offer}") : Pages.SeeOther($"/{language}/");
    });

    /// <summary>Counts a visit by the link, and keeps it if it is this browser's first. Null for a link nobody knows.</summary>
    private static async Task<Visit?> KeepAsync(string code, ReferralClient referral, SecretCookies cookies, CancellationToken ct)
    {
        var visit = (await referral.VisitAsync(code, ct)).Value;
        if (visit is not null && Read(cookies) is null)
        {
            cookies.Write(Cookie, new FirstTouch(visit.Code, visit.AgencyName, visit.TouchedAt, visit.PercentByLine ?? []), TimeSpan.FromDays(90));
        }

        return visit;
    }
}
