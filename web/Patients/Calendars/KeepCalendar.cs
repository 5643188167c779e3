using MedTourism.Web.Clients;
using MedTourism.Web.Feeds;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Bookings;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Calendars;

/// <summary>A booking in the patient's own calendar: a secret address that keeps it up to date, shown once, replaced and taken back; or a file of this moment.</summary>
public static class KeepCalendar
{
    // Long enough for a slow phone to follow the redirect.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/booking/{id:guid}/calendar", ShowAsync);
        pages.MapPost("/booking/{id:guid}/calendar", Handle);
        pages.MapPost("/booking/{id:guid}/calendar/end", EndAsync);
    }

    /// <summary><see cref="Made"/> is told once; <see cref="Ended"/> that the address was just taken back.</summary>
    public sealed record Model(ShowBooking.Model Booking, PatientFeed? Feed, FeedAddress? Made, bool Ended, bool Failed, string FormKey);

    private static async Task<IResult> ShowAsync(Guid id, string? ended, HttpContext http, BookingClient booking, FeedKeeper feeds, SecretCookies cookies, Site site, CancellationToken ct)
    {
        var made = cookies.Read<string>(Cookie(id));
        if (made is not null)
        {
            http.Response.Cookies.Delete(Cookie(id));
        }

        return await PageAsync(id, made, ended is not null, false, http, booking, feeds, cookies, site, ct);
    }

    private static async Task<IResult> PageAsync(
        Guid id, string? made, bool ended, bool failed, HttpContext http, BookingClient booking, FeedKeeper feeds, SecretCookies cookies, Site site, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (cookies.BookingKey(id) is not { } key || (await booking.BookingAsync(id, key, ct)).Value is not { } found)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var feed = (await feeds.ShowAsync(id, key, ct)).Value;
        return Pages.Page<CalendarPage>(
            new Model(new(found, null, null, null, false, false), feed, made is null || feed is null ? null : FeedAddress.Of(site, made), ended && feed is null, failed, Guid.CreateVersion7().ToString("N")),
            failed ? StatusCodes.Status409Conflict : StatusCodes.Status200OK);
    }

    private static async Task<IResult> Handle(Guid id, IFormCollection form, HttpContext http, BookingClient booking, FeedKeeper feeds, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var opened = await feeds.OpenAsync(id, form["titles"] != "full", Cultures.Current.Code, key, Keys.Of($"feed|{form["key"]}|{id}|{form["titles"]}"), ct);
        if (opened.Value is not { } made)
        {
            return await PageAsync(id, null, false, true, http, booking, feeds, cookies, site, ct);
        }

        // In a cookie that only this site can read, so that the secret is in no address and Back does not show it again.
        cookies.Write(Cookie(id), made.Path, Patience);
        return Pages.SeeOther(site.Url($"/booking/{id}/calendar"));
    }

    private static async Task<IResult> EndAsync(Guid id, IFormCollection form, FeedKeeper feeds, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        await feeds.EndAsync(id, key, ct);
        return Pages.SeeOther(site.Url($"/booking/{id}/calendar?ended=1"));
    }

    private static string Cookie(Guid id) => $"feed-{id:N}";
}
