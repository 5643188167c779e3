using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Times;

/// <summary>Keeps a time for this browser and begins the questions; a time someone else just took is answered with the nearest three.</summary>
public static class HoldTime
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapPost("/offers/{id:guid}/hold", Handle);

    public sealed record Refused(Offer Offer, string Why, DateTimeOffset Asked, string TimeZone, Alternative[] Alternatives, Reason[] Reasons, string FormKey);

    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    private static async Task<IResult> Handle(
        Guid id, IFormCollection form, CatalogClient catalog, BookingClient booking, SecretCookies cookies, TimeProvider clock, CancellationToken ct)
    {
        if (!DateTimeOffset.TryParse(form["start"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start))
        {
            return await ChooseTime.ReadAsync(id, null, null, null, catalog, booking, clock, ct) is { } model
                ? Pages.Page<TimesPage>(model with { StartMissing = true }, StatusCodes.Status422UnprocessableEntity)
                : TypedResults.StatusCode(StatusCodes.Status404NotFound);
        }

        var held = await booking.PlaceHoldAsync(id, start, Keys.Of($"{form["key"]}|{id}|{start:O}"), ct);
        if (held.Value is { } hold)
        {
            var before = cookies.Newest();
            cookies.Save(new Draft(hold.HoldId, hold.AccessKey!, id, clock.GetUtcNow(), before?.Fields ?? []));
            return Pages.SeeOther($"/{Cultures.Current.Code}/book/{hold.HoldId}/who");
        }

        var offer = await catalog.OfferAsync(id, ct);
        if (offer.Value is not { } found || held.Problem!.Slug is not ("time-taken" or "start-not-offered" or "no-tracer" or "too-many-holds"))
        {
            return TypedResults.StatusCode(held.Problem?.Status is 429 ? 429 : StatusCodes.Status404NotFound);
        }

        return Pages.Page<RefusedTimePage>(
            new Refused(found, held.Problem.Slug, start, "Asia/Almaty", held.Problem.Extension<Alternative[]>("alternatives") ?? [], Reasons.OfStart(held.Problem), Guid.CreateVersion7().ToString("N")),
            held.Problem.Status == 422 ? StatusCodes.Status409Conflict : held.Problem.Status);
    }
}

public static class Keys
{
    /// <summary>The same words give the same idempotency key, so a form sent twice is one request.</summary>
    public static string Of(string words) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 16)).ToString();
}
