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
        var visit = await referral.VisitAsync(code, ct);
        if (visit.Value is not { } found)
        {
            return Pages.SeeOther($"/{language}/");
        }

        if (Read(cookies) is null)
        {
            cookies.Write(Cookie, new FirstTouch(found.Code, found.AgencyName, found.TouchedAt, found.PercentByLine ?? []), TimeSpan.FromDays(90));
        }

        return Pages.SeeOther(found.OfferId is { } offer ? $"/{language}/offers/{offer}" : $"/{language}/");
    });
}
