using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Stays;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>Other dates for a whole course: the booked plan and up to five others side by side, and the move to one of them.</summary>
public sealed class ChangeCourse(ChangeClient changes, CourseClient courses, SecretCookies cookies, Texts texts)
{
    /// <summary>The booked days with those of travel, as the planner counts them: one day before the first visit, one after the last.</summary>
    public sealed record Now(PlanVisit[] Visits, DateOnly First, DateOnly Last)
    {
        public DateOnly Arrive => First.AddDays(-1);

        public DateOnly Leave => Last.AddDays(1);

        public int Days => Leave.DayNumber - Arrive.DayNumber + 1;

        public static Now Of(Booking booking)
        {
            ArgumentNullException.ThrowIfNull(booking);
            PlanVisit[] visits = [.. (booking.Sessions ?? []).Where(one => one.State != "cancelled").OrderBy(one => one.Start).Select(one => new PlanVisit(one.Number, one.Phase, one.Start, one.End, null))];
            return new(
                visits, Formats.DayAt(visits.Length > 0 ? visits[0].Start : booking.Start, booking.TimeZone), Formats.DayAt(visits.Length > 0 ? visits[^1].Start : booking.End, booking.TimeZone));
        }
    }

    public sealed record Model(
        Booking Booking, MoveTerms Terms, Now Now, CourseOptions Courses, long DifferenceMinor, int Sequence, StayAnswer?[] Stays, string From, string FormKey, string? Refused, LostSession[] Lost);

    public async Task<IResult> ShowAsync(Booking booking, MoveTerms terms, MoveOptions options, DateOnly? from, Problem? refused, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(booking);
        ArgumentNullException.ThrowIfNull(options);
        var plans = options.Courses!.Options;
        var asked = AskStay.Of(cookies, booking.Id, texts);
        var stays = booking.Patient?.Citizenship is { Length: 2 } citizenship
            ? await Task.WhenAll(plans.Select(async plan => (await courses.StayAsync(citizenship, plan.ArriveOn, plan.LeaveOn, ct, asked.Companion, asked.Passport)).Value))
            : new StayAnswer?[plans.Length];
        return Pages.Page<ChangeCoursePage>(
            new Model(
                booking, terms, Now.Of(booking), options.Courses, options.DifferenceMinor, options.Sequence, stays, from?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
                Guid.CreateVersion7().ToString("N"), refused?.Slug, refused?.Extension<LostSession[]>("lost") ?? []),
            refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    /// <summary>Null if it moved.</summary>
    public async Task<Problem?> MoveAsync(Guid id, IFormCollection form, string key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!Guid.TryParse(form["option"], out var option) || !long.TryParse(form["difference"], out var difference) || !int.TryParse(form["sequence"], out var sequence))
        {
            return new Problem(StatusCodes.Status409Conflict, "none", null, []);
        }

        return (await changes.MoveCourseAsync(id, option, difference, sequence, key, Keys.Of($"{form["key"]}|{id}|{option}"), ct)).Problem;
    }
}
