using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Stays;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Stays;

public sealed class StayCheckTests
{
    private static readonly DateOnly Today = new(2026, 6, 1);

    // The vectors of the market study (test_vectors.stay_check), with the rule of the country on the day of arrival.
    [TestCase("DE", 30, 90, "2026-08-24", "2026-10-23", 61, "yes", TestName = "A_German_on_tomotherapy_of_33_fractions_from_7_September_needs_a_visa")]
    [TestCase("UZ", 30, 90, "2026-09-07", "2026-09-11", 5, "no", TestName = "An_Uzbek_for_a_Gamma_Knife_of_5_days_needs_none")]
    [TestCase("IN", 14, 42, "2026-11-25", "2026-12-15", 21, "yes", TestName = "An_Indian_for_an_IVF_cycle_of_21_days_needs_a_visa")]
    [TestCase("RU", 90, 90, "2026-09-07", "2026-11-08", 63, "no", TestName = "A_Russian_for_a_proton_course_of_9_weeks_needs_none")]
    [TestCase("TR", 90, 90, "2026-09-07", "2026-12-15", 100, "yes", TestName = "A_Turk_for_a_bone_marrow_transplant_of_100_days_needs_a_visa")]
    public void The_vectors_of_one_trip_hold(string country, int free, int most, string from, string to, int needed, string visa)
    {
        var result = StayCheck.Of(country, Rules(country, free, most), Day(from), Day(to), Today);
        Assert.That((result.NeededDays, result.AllowedDays, result.NeedsVisa), Is.EqualTo((needed, (int?)free, visa)));
    }

    [Test]
    public void The_vector_of_two_trips_holds_a_Chinese_for_implants_needs_no_visa()
    {
        var second = Day("2026-10-09").AddDays(120);
        Trip[] trips = [new(Day("2026-10-05"), Day("2026-10-09")), new(second, second.AddDays(7))];
        var result = StayCheck.Of("cn", Rules("CN", 30, 90), trips, Today);
        Assert.That((result.NeedsVisa, result.LongestVisitDays, result.NeededDays), Is.EqualTo(("no", 8, 13)));
        Assert.That(result.Trips.Select(trip => trip.Days), Is.EqualTo(new[] { 5, 8 }));
    }

    [Test]
    public void Leaving_for_a_night_cures_nothing_and_neither_do_many_allowed_visits_beyond_the_window()
    {
        var rules = Rules("DE", 30, 90);
        var twice = StayCheck.Of("DE", rules, [new(Day("2026-09-01"), Day("2026-09-25")), new(Day("2026-09-26"), Day("2026-10-10"))], Today);
        Assert.That((twice.NeedsVisa, twice.LongestVisitDays), Is.EqualTo(("yes", 40)));
        Assert.That(twice.Notes.Select(note => note.Code), Does.Contain("reentry-does-not-cure").And.Contain("visit-too-long"));

        Trip[] four = [.. Enumerable.Range(0, 4).Select(i => new Trip(Day("2026-09-01").AddDays(40 * i), Day("2026-09-25").AddDays(40 * i)))];
        var often = StayCheck.Of("DE", rules, four, Today);
        Assert.That((often.NeedsVisa, often.DaysInWindow, often.LongestVisitDays), Is.EqualTo(("yes", (int?)100, 25)));
        Assert.That(often.Notes.Select(note => note.Code), Does.Contain("window-too-full").And.Not.Contain("visit-too-long"));
        Assert.That(StayCheck.Of("DE", rules, four[..3], Today).NeedsVisa, Is.EqualTo("no"));
    }

    [Test]
    public void A_window_of_a_year_is_counted_where_the_rule_says_so()
    {
        Trip[] trips = [new(Day("2026-01-01"), Day("2026-03-01")), new(Day("2026-10-01"), Day("2026-11-10"))];
        Assert.That(StayCheck.Of("XX", Rules("XX", 90, 90, window: 180), trips, Today).NeedsVisa, Is.EqualTo("no"));
        var year = StayCheck.Of("XX", Rules("XX", 90, 90, window: 365), trips, Today);
        Assert.That((year.NeedsVisa, year.DaysInWindow), Is.EqualTo(("yes", (int?)101)));
    }

    [Test]
    public void What_is_not_on_file_is_unknown_and_a_country_without_free_days_always_needs_a_visa()
    {
        Trip[] trip = [new(Day("2026-09-01"), Day("2026-09-03"))];
        var unknown = StayCheck.Of("BR", null, trip, Today);
        Assert.That((unknown.NeedsVisa, unknown.AllowedDays, unknown.NeededDays), Is.EqualTo(("unknown", (int?)null, 3)));
        Assert.That(StayCheck.Of("BR", Rules("BR", 30, 90, from: "2027-01-01"), trip, Today).NeedsVisa, Is.EqualTo("unknown"));
        Assert.That(StayCheck.Of("AF", Rules("AF", 0, 0, window: 0), trip, Today).NeedsVisa, Is.EqualTo("yes"));
        Assert.That(StayCheck.Of("KZ", null, trip, Today).NeedsVisa, Is.EqualTo("no"));
    }

    [Test]
    public void The_rule_is_the_one_of_the_day_of_arrival()
    {
        var turkish = new EntryRules
        {
            Country = "TR",
            Periods = [Period(30, 90, 180, "2023-01-26", "2025-08-27"), Period(90, 90, 180, "2025-08-28")],
        };
        Assert.That(StayCheck.Of("TR", turkish, Day("2025-08-20"), Day("2025-10-01"), Today).NeedsVisa, Is.EqualTo("yes"));
        Assert.That(StayCheck.Of("TR", turkish, Day("2025-08-20"), Day("2025-10-01"), Today).Notes.Select(x => x.Code), Does.Contain("rule-changes-during-stay"));
        Assert.That(StayCheck.Of("TR", turkish, Day("2025-08-28"), Day("2025-10-01"), Today).NeedsVisa, Is.EqualTo("no"));
    }

    [TestCase("2026-08-01", "expires")]
    [TestCase("2026-12-31", "short")]
    [TestCase("2027-01-23", "enough")]
    [TestCase(null, "unknown")]
    public void The_passport_must_last_three_months_beyond_the_stay(string? until, string expected)
    {
        var result = StayCheck.Of("DE", Rules("DE", 30, 90), [new(Day("2026-08-24"), Day("2026-10-23"))], Today, until is null ? null : Day(until));
        Assert.That(result.Passport, Is.EqualTo(expected));
    }

    [Test]
    public void A_visa_is_applied_for_two_weeks_ahead_and_too_late_is_said()
    {
        var rules = Rules("DE", 30, 90);
        var early = StayCheck.Of("DE", rules, Day("2026-08-24"), Day("2026-10-23"), Today);
        Assert.That(early.ApplyBy, Is.EqualTo(Day("2026-08-10")));
        Assert.That(early.Notes.Select(note => note.Code), Does.Not.Contain("apply-by-past").And.Contain("companion-own-case").And.Contain("ask-consulate"));
        Assert.That(StayCheck.Of("DE", rules, Day("2026-08-24"), Day("2026-10-23"), Day("2026-08-11")).Notes.Select(x => x.Code), Does.Contain("apply-by-past"));
        var tight = StayCheck.Of("DE", rules, Day("2026-08-01"), Day("2026-08-29"), Today);
        Assert.That((tight.NeedsVisa, tight.DaysLeft, tight.ApplyBy), Is.EqualTo(("no", (int?)1, (DateOnly?)null)));
        Assert.That(tight.Notes.Select(note => note.Code), Does.Contain("buffer-short"));
    }

    /// <summary>The window, counted day by day, agrees; a longer stay never needs less.</summary>
    [Test]
    public void Any_trips_agree_with_counting_every_day()
    {
        var cases = from count in Gen.Choose(1, 4)
                    from starts in Gen.Choose(0, 500).ListOf(count)
                    from lengths in Gen.Choose(0, 70).ListOf(count)
                    from free in Gen.Elements(14, 30, 90)
                    from most in Gen.Elements(42, 90)
                    from window in Gen.Elements(180, 365)
                    select (Trips: starts.Zip(lengths, (start, length) => new Trip(Day("2026-01-01").AddDays(start), Day("2026-01-01").AddDays(start + length))).ToArray(), free, most, window);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var rules = Rules("XX", x.free, x.most, x.window);
            var result = StayCheck.Of("XX", rules, x.Trips, Today);
            var days = x.Trips.SelectMany(trip => Enumerable.Range(trip.From.DayNumber, trip.Days)).ToHashSet();
            var fullest = days.Max(end => days.Count(day => day <= end && day > end - x.window));
            var longest = days.Max(start => Enumerable.Range(start, 1000).TakeWhile(days.Contains).Count());
            var longer = StayCheck.Of("XX", rules, [.. x.Trips, new Trip(x.Trips[0].To, x.Trips[0].To.AddDays(20))], Today);
            return result.DaysInWindow == fullest && result.LongestVisitDays == longest && result.NeededDays == days.Count
                && result.NeedsVisa == (longest > x.free || fullest > x.most ? "yes" : "no")
                && (result.NeedsVisa == "no" || longer.NeedsVisa == "yes");
        }));
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");

    private static EntryRules Rules(string country, int free, int most, int window = 180, string from = "2023-01-26") =>
        new() { Country = country, Periods = [Period(free, most, window, from)] };

    private static EntryPeriod Period(int free, int most, int window, string from, string? to = null) =>
        new(Day(from), to is null ? null : Day(to), free, window, most, "treaty", null, "visa2023", "https://example.org", null, Day("2026-03-10"));
}
