using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>Another time for a booking: whether that may be, which times are free, and the move itself in one step.</summary>
public static class ChangeTime
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/booking/{id:guid}/change", (Guid id, string? from, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct) =>
            ShowAsync(id, from, null, [], http, changes, booking, cookies, site, ct));
        pages.MapPost("/booking/{id:guid}/change", Handle);
    }

    public sealed record Model(Booking Booking, MoveTerms Terms, MoveOptions? Options, string? Refused, DateTimeOffset[] Alternatives, string FormKey);

    private sealed record Alternative(DateTimeOffset Start);

    private static async Task<IResult> ShowAsync(
        Guid id, string? from, string? refused, DateTimeOffset[] alternatives, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (cookies.BookingKey(id) is not { } key || (await booking.BookingAsync(id, key, ct)).Value is not { } found || (await changes.MoveTermsAsync(id, key, ct)).Value is not { } terms)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var first = DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : (DateOnly?)null;
        var options = terms.Allowed ? (await changes.MoveOptionsAsync(id, first, key, ct)).Value : null;
        return Pages.Page<ChangePage>(
            new Model(found, terms, options, refused, alternatives, Guid.CreateVersion7().ToString("N")), refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Handle(
        Guid id, IFormCollection form, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        if (!DateTimeOffset.TryParse(form["start"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            || !long.TryParse(form["difference"], out var difference) || !int.TryParse(form["sequence"], out var sequence))
        {
            return await ShowAsync(id, null, "none", [], http, changes, booking, cookies, site, ct);
        }

        var moved = await changes.MoveAsync(id, start, difference, sequence, key, Keys.Of($"{form["key"]}|{id}|{start:O}"), ct);
        return moved.Ok
            ? Pages.SeeOther(site.Url($"/booking/{id}?moved=1"))
            : await ShowAsync(
                id, null, moved.Problem!.Slug, [.. (moved.Problem.Extension<Alternative[]>("alternatives") ?? []).Select(one => one.Start)], http, changes, booking, cookies, site, ct);
    }
}
