using System.Text.Json;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Trips;

namespace MedTourism.Booking.Tests.Trips;

public sealed class TripPatternTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Market.Zone);

    /// <summary>The vectors of the market study (test_vectors.implants).</summary>
    [TestCase("lower", 0, "2026-12-04", "2027-04-03")]
    [TestCase("upper", 0, "2027-02-02", "2027-04-03")]
    [TestCase("lower", 90, "2027-03-04", "2027-07-02")]
    public void The_vectors_hold_and_a_graft_adds_its_days(string jaw, int graft, string earliest, string latest)
    {
        var pattern = new TripFields(jaw, graft).ToPattern();
        Assert.That(pattern.Return(new DateOnly(2026, 10, 5)), Is.EqualTo((DateOnly.ParseExact(earliest, "yyyy-MM-dd"), DateOnly.ParseExact(latest, "yyyy-MM-dd"))));
    }

    [TestCase(59, true)]
    [TestCase(60, false)]
    [TestCase(300, false)]
    public void The_gap_may_grow_and_not_shrink(int days, bool broken)
    {
        var placed = Market.At(3);
        (int, string, Interval)[] visits = [(1, Phases.Placement, Hour(placed)), (2, Phases.Prosthetic, Hour(placed.AddDays(days))), (3, Phases.Prosthetic, Hour(placed.AddDays(days + 5)))];
        var breaches = TripRules.Check(new TripFields("lower").ToPattern(), visits, Zone);
        Assert.That(breaches.Select(x => (x.Rule, x.Session, x.Found, x.Limit)), Is.EqualTo(broken ? [("healing-gap", 2, days, 60)] : Array.Empty<(string, int, int, int)>()));
    }

    [Test]
    public void A_pattern_is_read_as_it_was_written_and_one_written_before_trips_is_a_course()
    {
        var pattern = new CoursePattern
        {
            Sessions = 3, SessionMinutes = 120, Cadence = Cadence.Daily, ResourceKinds = ["dental-chair"], Trips = new TripFields("upper", 30).ToPattern(),
        };
        var read = JsonSerializer.Deserialize<CoursePattern>(JsonSerializer.Serialize(pattern))!;
        Assert.That((read.IsCourse, read.Trips!.GapMinDays, read.Trips.Second.Length, read.Trips.Second[1].AfterDays), Is.EqualTo((false, 150, 2, 5)));
        var old = JsonSerializer.Deserialize<CoursePattern>("""{ "Sessions": 33, "SessionMinutes": 20, "Cadence": 0, "ResourceKinds": ["linac"] }""")!;
        Assert.That((old.IsCourse, old.Trips, old.Ivf), Is.EqualTo((true, (TripPattern?)null, (MedTourism.Booking.Cycles.CyclePattern?)null)));
    }

    private static Interval Hour(DateTimeOffset start) => new(start, start.AddHours(1));
}
