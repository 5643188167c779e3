using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Stays;

/// <summary>
/// Who comes along and how long the passport is valid, for the entry check. It is asked by POST and kept sealed in this browser for a day, so that no
/// address, history or log holds it; nothing of it goes to the booking.
/// </summary>
public static class AskStay
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost("/plan/{id:guid}/stay", (Guid id, IFormCollection form, SecretCookies cookies, Site site) =>
            Handle(id, form, cookies, site, $"/plan/{id}", cookies.Read<string>($"plan-{id:N}") is not null));
        pages.MapPost("/booking/{id:guid}/stay", (Guid id, IFormCollection form, SecretCookies cookies, Site site) =>
            Handle(id, form, cookies, site, $"/booking/{id}", cookies.BookingKey(id) is not null));
    }

    /// <summary>As typed. The days are asked for where no plan gives them.</summary>
    public sealed record Asked(string Companion = "", string Passport = "", string Arrive = "", string Leave = "");

    /// <summary>What was asked, checked: a field that cannot be read is left out and told of.</summary>
    public sealed record Read(Asked Typed, string? Companion, DateOnly? Passport, DateOnly? Arrive, DateOnly? Leave, FormErrors Errors);

    public static Read Of(SecretCookies cookies, Guid id, Texts texts)
    {
        ArgumentNullException.ThrowIfNull(cookies);
        ArgumentNullException.ThrowIfNull(texts);
        var typed = cookies.Read<Asked>(Name(id)) ?? new Asked();
        var errors = new FormErrors();
        var companion = typed.Companion.Length == 2 && typed.Companion.All(char.IsAsciiLetterUpper) ? typed.Companion : null;
        return new(typed, companion, Day(typed.Passport, "passport"), Day(typed.Arrive, "arrive"), Day(typed.Leave, "leave"), errors);

        DateOnly? Day(string text, string field)
        {
            if (DateOnly.TryParseExact(Formats.WesternDigits(text), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            if (text.Length > 0)
            {
                errors.Add(field, texts["plan.day-error"]);
            }

            return null;
        }
    }

    /// <summary>The whole panel for a booking: two days of travel around it, or around each of two trips, unless the patient said others. Null where nothing can be told.</summary>
    public static async Task<StayPanel.View?> OfBookingAsync(Booking booking, CourseClient courses, CatalogClient catalog, SecretCookies cookies, Texts texts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(booking);
        ArgumentNullException.ThrowIfNull(courses);
        if (booking.Patient?.Citizenship is not { Length: 2 } citizenship)
        {
            return null;
        }

        var asked = Of(cookies, booking.Id, texts);
        var (trips, chosen) = (TripsOf(booking), asked.Arrive is not null || asked.Leave is not null);
        if (trips is [var only] && chosen)
        {
            var (arrive, leave) = (asked.Arrive ?? only.Arrive, asked.Leave ?? only.Leave);
            if (leave < arrive)
            {
                asked.Errors.Add("leave", texts["stay.order-error"]);
            }
            else
            {
                trips = [(arrive, leave)];
            }
        }

        try
        {
            var answer = (await courses.StayAsync(citizenship, trips[0].Arrive, trips[0].Leave, ct, asked.Companion, asked.Passport, trips is [_, var second] ? second : null)).Value;
            return answer is null ? null : new($"/booking/{booking.Id}/stay", asked, answer, await CountriesAsync(catalog, ct), trips, AsksDays: trips.Count == 1);
        }
        catch (ServiceUnavailableException)
        {
            return null; // The booking's page stands without it.
        }
    }

    /// <summary>Days of arrival and departure: one stay, or two with weeks at home between them.</summary>
    private static IReadOnlyList<(DateOnly Arrive, DateOnly Leave)> TripsOf(Booking booking)
    {
        var stays = booking.Kind == "trips"
            ? booking.Sessions!.Where(session => session.State != "cancelled").GroupBy(session => session.Phase == "prosthetic").OrderBy(trip => trip.Key)
                .Select(trip => (trip.Min(one => one.Start), trip.Max(one => one.End))).ToList()
            : [];
        return [.. (stays.Count == 2 ? stays : [(booking.Start, booking.End)]).Select(stay => (Formats.DayAt(stay.Item1, booking.TimeZone).AddDays(-1), Formats.DayAt(stay.Item2, booking.TimeZone).AddDays(1)))];
    }

    /// <summary>In the order of the page's language. Without the catalogue there is nobody to choose, and the rest stands.</summary>
    public static async Task<Country[]> CountriesAsync(CatalogClient catalog, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        try
        {
            return [.. ((await catalog.CountriesAsync(ct)).Value ?? []).OrderBy(country => country.Name.Text, StringComparer.Create(Cultures.Current.Culture, true))];
        }
        catch (ServiceUnavailableException)
        {
            return [];
        }
    }

    private static string Name(Guid id) => $"stay-{id:N}";

    private static IResult Handle(Guid id, IFormCollection form, SecretCookies cookies, Site site, string page, bool known)
    {
        if (known)
        {
            cookies.Write(Name(id), new Asked(Typed("companion"), Typed("passport"), Typed("arrive"), Typed("leave")), Kept);
        }

        // The plan's wishes are an address of their own; the answers of this form are not.
        var wishes = new[] { "from", "by", "part", "stay" }.Where(name => form[name].ToString() is { Length: > 0 and <= 20 } and not "any")
            .Aggregate(QueryString.Empty, (query, name) => query.Add(name, form[name].ToString()));
        return Pages.SeeOther($"{site.Url(page)}{wishes}#entry");

        string Typed(string field) => form[field].ToString().Trim() is { Length: <= 20 } text ? text : "";
    }
}
