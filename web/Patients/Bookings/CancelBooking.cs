using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>Says what comes back, then cancels for exactly that; if the amount changed meanwhile, it asks again.</summary>
public static class CancelBooking
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/booking/{id:guid}/cancel", (Guid id, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct) => ShowAsync(id, false, booking, cookies, site, ct));
        pages.MapPost("/booking/{id:guid}/cancel", Handle);
    }

    public sealed record Model(Booking Booking, CancellationQuote Quote, bool Changed);

    private static async Task<IResult> Handle(Guid id, IFormCollection form, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key || !long.TryParse(form["refund"], out var refund))
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var cancelled = await booking.CancelAsync(id, refund, key, Keys.Of($"cancel|{id}|{refund}"), ct);
        return cancelled.Problem?.Slug == "quote-changed"
            ? await ShowAsync(id, true, booking, cookies, site, ct)
            : Pages.SeeOther(site.Url($"/booking/{id}"));
    }

    private static async Task<IResult> ShowAsync(Guid id, bool changed, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key || (await booking.BookingAsync(id, key, ct)).Value is not { } found)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var quote = await booking.CancellationAsync(id, key, ct);
        return quote.Value is { } offered
            ? Pages.Page<CancelPage>(new Model(found, offered, changed), changed ? StatusCodes.Status409Conflict : StatusCodes.Status200OK)
            : Pages.SeeOther(site.Url($"/booking/{id}"));
    }
}
