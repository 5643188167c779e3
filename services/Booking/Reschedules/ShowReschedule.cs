using System.Globalization;
using System.Text.Json.Serialization;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Reschedules;

/// <summary>Says whether a booking can be moved, until when, why not, and to which starts.</summary>
public static class ShowReschedule
{
    private const int MostDays = 42;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/bookings/{id:guid}/reschedule", Handle).AllowAnonymous().RequireRateLimiting("search");
        app.MapGet("/bookings/{id:guid}/reschedule/options", HandleOptions).AllowAnonymous().RequireRateLimiting("write"); // keeps a course's plans for an hour
    }

    /// <remarks><c>until</c>: The last moment at which the patient may move it. <c>price</c>: What was agreed, and stays. <c>todayPrice</c>: What the
    /// offer costs today, for information; null if it is not sold. <c>differenceMinor</c>: What moving adds to the price: 0, because the price stays.
    /// <c>sequence</c>: To be sent with the move: it is refused if the booking changed meanwhile.</remarks>
    public sealed record Response(
        bool Allowed, DateTimeOffset Until, int MovesLeft, List<ReschedulePolicy.Reason> Reasons, DateTimeOffset Start, DateTimeOffset End, string TimeZone,
        Money Price, Money? TodayPrice, long DifferenceMinor, int Sequence, DateTimeOffset ServerNow);

    /// <remarks><c>days</c> for a single visit; <c>courses</c> for a course, each with the id by which it is taken.</remarks>
    public sealed record Options(
        Guid OfferId, string TimeZone, DateOnly From, List<Day> Days, long DifferenceMinor, int Sequence, OfferCourses.Response? Courses = null);

    public sealed record Day(DateOnly Date, List<Start> Starts);

    public sealed record Start([property: JsonPropertyName("start")] DateTimeOffset At, DateTimeOffset End, string LocalTime);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, HttpContext http, BookingDb db, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, _))
        {
            return BookingAccess.Unknown();
        }

        var most = options.Value.MostMoves;
        var found = await RescheduleCase.LoadAsync(db, booking, most, ct);
        return TypedResults.Ok(new Response(
            found.Reasons.Count == 0, ReschedulePolicy.Until(booking), Math.Max(0, most - found.Moves), found.Reasons, booking.StartsAt, booking.EndsAt, booking.TimeZone,
            new Money(booking.PriceMinor, booking.Currency), found.Offer is null ? null : new Money(found.Offer.PriceMinor, found.Offer.Currency), 0, booking.Sequence,
            found.Now));
    }

    private static async Task<Results<Ok<Options>, ProblemHttpResult>> HandleOptions(
        Guid id, DateOnly? from, int? days, HttpContext http, BookingDb db, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, _))
        {
            return BookingAccess.Unknown();
        }

        var found = await RescheduleCase.LoadAsync(db, booking, options.Value.MostMoves, ct);
        if (found.Reasons.Count > 0)
        {
            return Reschedule.NotNow(found.Reasons);
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(booking.TimeZone);
        var today = LocalTime.DateOf(found.Now, zone);
        var first = from is null || from < today ? today : from.Value;
        if (first > today.AddDays(366))
        {
            return Problems.Fields(("from", "must be within a year from today"));
        }

        if (found.IsCourse)
        {
            var courses = await MoveCourse.OptionsAsync(db, found, new CoursePreferences(first), options.Value, ct);
            return TypedResults.Ok(new Options(booking.OfferId, booking.TimeZone, first, [], 0, booking.Sequence, courses));
        }

        var last = first.AddDays(Math.Clamp(days ?? 14, 1, MostDays));
        var (starts, _, _) = await found.StartsAsync(db, Midnight(first), Midnight(last), ct);
        var byDay = starts.ToLookup(x => LocalTime.DateOf(x.Start, zone));
        var list = Enumerable.Range(0, last.DayNumber - first.DayNumber).Select(first.AddDays)
            .Select(day => new Day(day, [.. byDay[day].Select(x => new Start(x.Start, x.End, Clock(x.Start)))])).ToList();
        return TypedResults.Ok(new Options(booking.OfferId, booking.TimeZone, first, list, 0, booking.Sequence));

        DateTimeOffset Midnight(DateOnly day) => LocalTime.Opening(day, TimeOnly.MinValue, zone);
        string Clock(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone).ToString("HH:mm", CultureInfo.InvariantCulture);
    }
}
