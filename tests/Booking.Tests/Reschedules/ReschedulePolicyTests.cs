using MedTourism.Booking.Courses;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Reschedules;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Reschedules;

public sealed class ReschedulePolicyTests
{
    private static readonly DateTimeOffset Start = new(2027, 3, 1, 4, 0, 0, TimeSpan.Zero);
    private static readonly CancellationStep[] Usual = [new(72, 100), new(24, 50)];
    private static readonly CoursePattern Course = new() { Sessions = 2, SessionMinutes = 20, Cadence = Cadence.Daily, ResourceKinds = ["linac"] };

    [TestCase(73, "")]
    [TestCase(72, "")]
    [TestCase(71.9, "too-late")]
    [TestCase(0, "already-started")]
    [TestCase(-5, "already-started")]
    public void A_booking_moves_as_long_as_cancelling_gives_everything_back(double hoursBefore, string reason) =>
        Assert.That(Codes(Confirmed(Usual), 0, Start.AddHours(-hoursBefore)), Is.EqualTo(reason));

    [Test]
    public void The_last_step_that_gives_everything_back_counts_and_without_one_it_is_72_hours()
    {
        Assert.That(ReschedulePolicy.Until(Confirmed([new(168, 100), new(48, 100), new(24, 50)])), Is.EqualTo(Start.AddHours(-48)));
        Assert.That(ReschedulePolicy.Until(Confirmed([new(48, 50)])), Is.EqualTo(Start.AddHours(-72)));
        Assert.That(ReschedulePolicy.Until(Confirmed([])), Is.EqualTo(Start.AddHours(-72)));
    }

    [Test]
    public void Each_rule_that_stands_in_the_way_is_named()
    {
        var early = Start.AddDays(-10);
        Assert.That(Codes(Confirmed(Usual), 2, early), Is.Empty);
        Assert.That(Codes(Confirmed(Usual), 3, early), Is.EqualTo("too-many-moves"));
        Assert.That(Codes(Confirmed(Usual), 3, early, sold: false), Is.EqualTo("too-many-moves offer-not-sold"));
        Assert.That(Codes(Confirmed(Usual), 0, early, Session.Proposed), Is.EqualTo("awaiting-answer"));
        Assert.That(Codes(Confirmed(Usual), 0, early, Session.Booked, Session.Booked), Is.EqualTo("arranged-with-center"));
        Assert.That(Codes(Confirmed(Usual), 0, early, Session.Cancelled, Session.Booked), Is.Empty);
        Assert.That(Codes(Confirmed(Usual, Course), 0, early, Session.Booked, Session.Booked), Is.Empty, "a course moves whole");
        Assert.That(Codes(Confirmed(Usual, Course with { Ivf = new() }), 0, early), Is.EqualTo("arranged-with-center"));
        var cancelled = Confirmed(Usual);
        cancelled.Cancel(0, "patient", early);
        Assert.That(Codes(cancelled, 5, early), Is.EqualTo("not-confirmed"));
    }

    private static string Codes(Booking.Bookings.Booking booking, int moves, DateTimeOffset now, params string[] sessions) => Codes(booking, moves, now, true, sessions);

    private static string Codes(Booking.Bookings.Booking booking, int moves, DateTimeOffset now, bool sold, params string[] sessions) => string.Join(' ', ReschedulePolicy.WhyNot(
        booking,
        [.. (sessions.Length == 0 ? [Session.Booked] : sessions).Select((state, i) => new Session
        {
            Number = i + 1, Phase = Phases.Visit, State = state, ResourceIds = [], StartsAt = Start, EndsAt = Start.AddHours(1),
        })],
        moves, 3, sold, now).Select(x => x.Code));

    private static Booking.Bookings.Booking Confirmed(CancellationStep[] ladder, CoursePattern? pattern = null)
    {
        var hold = new Hold { Id = Guid.NewGuid(), CenterId = "c", State = "held", AccessKeyHash = [], StartsAt = Start, EndsAt = Start.AddHours(1), Fence = 1 };
        var offer = new OfferTerms
        {
            ProcedureId = "p", ProcedureNames = [], ServiceLine = "s", CenterId = "c", CenterNames = [], CityId = "almaty", TimeZone = "Asia/Almaty", Mode = "instant",
            ResourceKinds = ["mri"], Currency = "KZT", CancellationLadder = ladder, BlockingQuestions = [], DepositMinor = 100, PriceMinor = 1000,
        };
        var booking = Booking.Bookings.Booking.Place(hold, offer, null, "en", null, null, Start.AddDays(-30), pattern is null ? null : new TreatmentPlan
        {
            Id = Guid.NewGuid(), CenterId = "c", State = TreatmentPlan.Issued, Pattern = pattern, Currency = "KZT", AccessKeyHash = [], IssuedBy = "d", PriceMinor = 1000, DepositMinor = 100,
        });
        booking.Confirm(Guid.NewGuid(), 100, false, Start.AddDays(-30));
        return booking;
    }
}
