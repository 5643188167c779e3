using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Trips;

namespace MedTourism.Booking.Tests.Trips;

/// <summary>A chair that fails moves a visit, but never into the healing gap.</summary>
public sealed class TripRepairTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Market.Zone);
    private static readonly DateOnly Placed = new(2026, 10, 5);
    private static readonly Guid Chair = Guid.NewGuid();

    [Test]
    public void A_placement_moves_later_only_as_far_as_the_gap_allows()
    {
        var tight = Repair(gap: 60);
        Assert.That(tight.IsRepaired, Is.False);
        Assert.That(tight.Refusals.Select(x => (x.Code, x.Rule, x.Limit)), Does.Contain(("rule", "healing-gap", 60)));
        var roomy = Repair(gap: 66);
        Assert.That(roomy.IsRepaired, Is.True);
        var day = LocalTime.DateOf(roomy.Moves.Single().NewStart, Zone);
        Assert.That(day, Is.GreaterThan(Placed).And.LessThanOrEqualTo(Placed.AddDays(6)));
    }

    [Test]
    public void Days_in_the_country_are_those_of_two_stays_without_the_weeks_at_home()
    {
        var (time, patient) = Broken(gap: 66);
        var stay = RepairProposals.Make(time, [patient], At(Placed, 7), _ => 30)[0].Patients.Single().Stay;
        Assert.That((stay.DaysBefore, stay.DaysAfter, stay.WithinBefore, stay.WithinAfter), Is.EqualTo((2, 2, true, true)));
    }

    private static RepairOutcome Repair(int gap)
    {
        var (time, patient) = Broken(gap);
        return RepairPlanner.Plan(time, [patient], RepairStyle.UsualHours, At(Placed, 7)).Single();
    }

    /// <summary>The only chair is down on the day of the placement; the crown is due so many days later.</summary>
    private static (RepairTime Time, RepairCase Patient) Broken(int gap)
    {
        var pattern = new TripFields("lower", Second: [new(60)]).ToPattern();
        List<OpeningHours> hours = [.. Enumerable.Range(1, 5).Select(day => new OpeningHours(day, new TimeOnly(8, 0), new TimeOnly(18, 0)))];
        var outage = new Interval(At(Placed, 0), At(Placed.AddDays(1), 0));
        var facts = FreeTime.Of(Zone, Placed.AddDays(-7), 120, new Dictionary<DateOnly, string>(), [
            new ResourceFacts(Chair, "dental-chair", "Chair", 1, "open", null, 30, hours, [new Closure(outage, "down")], [], [], [])]);
        RepairSession[] sessions =
        [
            Session(1, Phases.Placement, Placed, 120),
            Session(2, Phases.Prosthetic, Placed.AddDays(gap), 60),
        ];
        var patient = new RepairCase(Guid.NewGuid(), null, sessions, new HashSet<Guid> { sessions[0].Id }, 0) { Trips = pattern };
        return (new RepairTime(facts, 120), patient);
    }

    private static RepairSession Session(int number, string phase, DateOnly day, int minutes) =>
        new(Guid.NewGuid(), number, phase, new Interval(At(day, 10), At(day, 10).AddMinutes(minutes)), [Chair], Sessions.Session.Booked, 0, false);

    private static DateTimeOffset At(DateOnly day, int hour) => LocalTime.Opening(day, new TimeOnly(hour, 0), Zone);
}
