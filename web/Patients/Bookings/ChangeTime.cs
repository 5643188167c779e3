using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>Another time for a booking: whether that may be, which times are free, and the move itself in one step. Courses have a page of their own.</summary>
public sealed class ChangeTime(ChangeClient changes, BookingClient bookings, ChangeCourse course, SecretCookies cookies, Site site)
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/booking/{id:guid}/change", (Guid id, string? from, ChangeTime change, CancellationToken ct) => change.ShowAsync(id, from, null, ct));
        pages.MapPost("/booking/{id:guid}/change", (Guid id, IFormCollection form, ChangeTime change, CancellationToken ct) => change.MoveAsync(id, form, ct));
    }

    public sealed record Model(Booking Booking, MoveTerms Terms, MoveOptions? Options, Problem? Refused, string FormKey)
    {
        public DateTimeOffset[] Alternatives => [.. (Refused?.Extension<Alternative[]>("alternatives") ?? []).Select(one => one.Start)];

        private sealed record Alternative(DateTimeOffset Start);
    }

    private async Task<IResult> ShowAsync(Guid id, string? from, Problem? refused, CancellationToken ct)
    {
        site.Context.Response.Headers.CacheControl = "no-store";
        if (cookies.BookingKey(id) is not { } key || (await bookings.BookingAsync(id, key, ct)).Value is not { } found || (await changes.MoveTermsAsync(id, key, ct)).Value is not { } terms)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var first = DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : (DateOnly?)null;
        var options = terms.Allowed ? (await changes.MoveOptionsAsync(id, first, key, ct)).Value : null;
        return options?.Courses is not null
            ? await course.ShowAsync(found, terms, options, first, refused, ct)
            : Pages.Page<ChangePage>(
                new Model(found, terms, options, refused, Guid.CreateVersion7().ToString("N")), refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private async Task<IResult> MoveAsync(Guid id, IFormCollection form, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var refused = form.ContainsKey("option") ? await course.MoveAsync(id, form, key, ct) : await MoveVisitAsync(id, form, key, ct);
        return refused is null ? Pages.SeeOther(site.Url($"/booking/{id}?moved=1")) : await ShowAsync(id, form["from"], refused, ct);
    }

    /// <summary>Null if it moved.</summary>
    private async Task<Problem?> MoveVisitAsync(Guid id, IFormCollection form, string key, CancellationToken ct)
    {
        if (!DateTimeOffset.TryParse(form["start"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            || !long.TryParse(form["difference"], out var difference) || !int.TryParse(form["sequence"], out var sequence))
        {
            return new Problem(StatusCodes.Status409Conflict, "none", null, []);
        }

        return (await changes.MoveAsync(id, start, difference, sequence, key, Keys.Of($"{form["key"]}|{id}|{start:O}"), ct)).Problem;
    }
}
