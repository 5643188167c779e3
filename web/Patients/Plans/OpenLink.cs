using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Plans;

/// <summary>
/// The link of a letter: keeps its key in this browser and goes on to an address without it, so that no page, history entry or referrer holds the key.
/// </summary>
public static class OpenLink
{
    private static readonly TimeSpan PlanLasts = TimeSpan.FromDays(100);

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/open/{what}/{id:guid}/{key}", Handle);

    private static async Task<IResult> Handle(
        string what, Guid id, string key, HttpContext http, BookingClient booking, SecretCookies cookies, Site site, TimeProvider clock, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        switch (what)
        {
            case "plan":
                cookies.Write($"plan-{id:N}", key, PlanLasts);
                return Pages.SeeOther(site.Url($"/plan/{id}"));
            case "waitlist":
                cookies.Write($"wait-{id:N}", key, PlanLasts);
                return Pages.SeeOther(site.Url($"/waitlist/{id}"));
            case "repair":
                cookies.SaveBookingKey(id, key);
                return Pages.SeeOther(site.Url($"/booking/{id}/repair"));
            case "cycle":
                cookies.Write($"cycle-{id:N}", key, PlanLasts);
                return Pages.SeeOther(site.Url($"/cycle/{id}"));
            case "hold" when (await booking.HoldAsync(id, key, ct)).Value is { } hold:
                if (cookies.Draft(id) is null)
                {
                    cookies.Save(new Draft(id, key, hold.OfferId, clock.GetUtcNow(), cookies.Newest()?.Fields ?? []));
                }

                return Pages.SeeOther(BookStep.Address(id, "who"));
            default:
                return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        }
    }
}
