using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Waitlist;

/// <summary>A place on the waiting list: how many are ahead, what is offered now, and leaving.</summary>
public static class ShowPlace
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/waitlist/{id:guid}", Show);
        pages.MapPost("/waitlist/{id:guid}", Handle);
    }

    private static async Task<IResult> Show(Guid id, HttpContext http, ChangeClient changes, SecretCookies cookies, Site site, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return cookies.Read<string>($"wait-{id:N}") is { } key && (await changes.PlaceAsync(id, key, ct)).Value is { } place
            ? Pages.Page<PlacePage>(place)
            : Pages.SeeOther(site.Url("/find"));
    }

    private static async Task<IResult> Handle(
        Guid id, IFormCollection form, ChangeClient changes, SecretCookies cookies, Site site, TimeProvider clock, CancellationToken ct)
    {
        if (cookies.Read<string>($"wait-{id:N}") is not { } key)
        {
            return Pages.SeeOther(site.Url("/find"));
        }

        switch (form["action"].ToString())
        {
            case "take" when (await changes.PlaceAsync(id, key, ct)).Value is { Offer: { } offer } place:
                // The entry's key opens the holds that are offered to it.
                cookies.Save(new Draft(offer.HoldId, key, place.OfferId, clock.GetUtcNow(), cookies.Newest()?.Fields ?? []));
                return Pages.SeeOther(BookStep.Address(offer.HoldId, "who"));
            case "decline":
                await changes.DeclineOfferAsync(id, key, ct);
                break;
            case "leave":
                await changes.LeaveAsync(id, key, ct);
                break;
        }

        return Pages.SeeOther(site.Url($"/waitlist/{id}"));
    }
}
