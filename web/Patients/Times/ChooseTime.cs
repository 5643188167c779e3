using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Times;

/// <summary>The next ten days with free times, then the times of one of them. Choosing a day is a GET, taking a time is <see cref="HoldTime"/>.</summary>
public static class ChooseTime
{
    private const int DaysShown = 10;
    private const int DaysAsked = 28;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/offers/{id:guid}/times", Handle);

    /// <summary><paramref name="FormKey"/> makes a repeated press of the button the same request.</summary>
    public sealed record Model(Offer Offer, Availability Available, AvailableDay[] Days, AvailableDay? Chosen, DateTimeOffset? Start, DateOnly? Later, bool Earlier, string FormKey, bool StartMissing = false);

    private static async Task<IResult> Handle(
        Guid id, string? from, string? day, string? time, HttpRequest request, CatalogClient catalog, BookingClient booking, TimeProvider clock, CancellationToken ct)
    {
        var model = await ReadAsync(id, Day(from), Day(day), time, catalog, booking, clock, ct);
        return model switch
        {
            null => TypedResults.StatusCode(StatusCodes.Status404NotFound),
            _ when request.IsFragment() => Pages.Page<TimesOfDay>(model),
            _ => Pages.Page<TimesPage>(model),
        };
    }

    public static async Task<Model?> ReadAsync(
        Guid id, DateOnly? from, DateOnly? day, string? time, CatalogClient catalog, BookingClient booking, TimeProvider clock, CancellationToken ct)
    {
        var offer = await catalog.OfferAsync(id, ct);
        if (offer.Value is not { Mode: "instant" } found)
        {
            return null;
        }

        // A chosen day outside the first list moves the list, so that an address from a card always shows its day.
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = from ?? (day is { } wanted && wanted.DayNumber - today.DayNumber is > DaysShown and < 366 ? wanted : today);
        var available = await booking.AvailabilityAsync(id, first < today ? today : first, DaysAsked, ct);
        if (available.Value is not { } answer)
        {
            return null;
        }

        var open = answer.Days.Where(one => one.Starts.Length > 0).ToArray();
        var days = open.Take(DaysShown).ToArray();
        var chosen = days.FirstOrDefault(one => one.Date == day) ?? days.FirstOrDefault();
        var start = chosen?.Starts.FirstOrDefault(one => Clock(one, answer.TimeZone).Replace(":", "", StringComparison.Ordinal) == time)?.Start;
        var later = open.Length > DaysShown ? open[DaysShown].Date : answer.NextDate;
        return new(found, answer, days, chosen, start, later, first > today, Guid.CreateVersion7().ToString("N"));
    }

    public static string Clock(StartTime start, string timeZone) => start.LocalTime ?? Formats.TimeAt(start.Start, timeZone);

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
