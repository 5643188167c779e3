using FsCheck;
using Interval = MedTourism.Booking.Availability.Interval;
using FsCheck.Fluent;
using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Tests.Availability;

public sealed class FreeStartsTests
{
    private static readonly DateTimeOffset Monday = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Kinds = ["a", "b"];
    private static readonly string[] Zones = ["Asia/Almaty", "Asia/Qyzylorda", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"];

    /// <summary>A small world: up to four resources of two kinds, hours, closures, openings, holidays and busy times, all at random.</summary>
    private sealed record World(ResourceCalendar[] Resources, HashSet<DateOnly> Holidays, Dictionary<Guid, List<Interval>> Busy, string[] Wanted, int Minutes, DateTimeOffset From, DateTimeOffset To);

    private static readonly Gen<Interval> AnyInterval =
        from start in Gen.Choose(-2000, 16000)
        from length in Gen.Choose(1, 900)
        select new Interval(Monday.AddMinutes(start), Monday.AddMinutes(start + length));

    private static readonly Gen<OpeningHours> AnyHours =
        from day in Gen.Choose(1, 7)
        from start in Gen.Choose(0, 95)
        from end in Gen.Choose(0, 95)
        from until in Gen.Choose(0, 3)
        select new OpeningHours(
            day, TimeOnly.MinValue.AddMinutes(15 * start), TimeOnly.MinValue.AddMinutes(15 * end), until == 1 ? new DateOnly(2027, 3, 4) : null, until == 2 ? new DateOnly(2027, 3, 6) : null);

    private static readonly Gen<ResourceCalendar> AnyResource =
        from kind in Gen.Elements(Kinds)
        from zone in Gen.Elements(Zones)
        from slot in Gen.Elements(0, 10, 15, 20, 30, 45, 60)
        from hours in AnyHours.ArrayOf(8)
        from closed in AnyInterval.ArrayOf(2)
        from opened in AnyInterval.ArrayOf(1)
        from some in Gen.Choose(0, 3)
        select new ResourceCalendar(Guid.NewGuid(), kind, TimeZoneInfo.FindSystemTimeZoneById(zone), slot, hours, some > 1 ? closed : [], some % 2 == 1 ? opened : []);

    private static readonly Gen<World> AnyWorld =
        from resources in Gen.Choose(1, 4).SelectMany(count => AnyResource.ArrayOf(count))
        from busy in AnyInterval.ArrayOf(12)
        from holidays in Gen.Choose(1, 10).ArrayOf(2)
        from minutes in Gen.Elements(10, 30, 45, 90, 240)
        from two in Gen.Choose(0, 1)
        from days in Gen.Choose(1, 9)
        select new World(
            resources,
            [.. holidays.Select(day => new DateOnly(2027, 3, day))],
            resources.Select((x, i) => (x.Id, Times: busy.Where((_, j) => j % resources.Length == i).ToList())).ToDictionary(x => x.Id, x => x.Times),
            two == 1 ? Kinds : ["a"],
            minutes,
            Monday,
            Monday.AddDays(days));

    private static List<Interval> Compute(World world, DateTimeOffset? notBefore = null) => FreeStarts.Compute(
        world.Wanted, world.Minutes, world.Resources, world.Holidays, world.Busy, world.From, world.To, notBefore ?? world.From);

    /// <summary>The same question asked minute by minute, the slow and obvious way.</summary>
    private static bool IsFree(World world, ResourceCalendar resource, Interval time)
    {
        for (var minute = time.Start; minute < time.End; minute = minute.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTime(minute, resource.Zone).DateTime;
            var today = DateOnly.FromDateTime(local);
            var usual = !world.Holidays.Contains(today) && resource.Hours.Any(hours =>
                (Within(hours, today) && Covers(hours, local.TimeOfDay, false)) || (Within(hours, today.AddDays(-1)) && Covers(hours, local.TimeOfDay, true)));
            if (!(usual || resource.Opened.Any(x => x.Start <= minute && minute < x.End))
                || resource.Closed.Any(x => x.Start <= minute && minute < x.End)
                || world.Busy[resource.Id].Exists(x => x.Start <= minute && minute < x.End))
            {
                return false;
            }
        }

        return true;

        static bool Within(OpeningHours hours, DateOnly day) =>
            hours.Weekday == (day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek) && !(hours.ValidFrom > day) && !(hours.ValidTo < day);

        static bool Covers(OpeningHours hours, TimeSpan time, bool dayAfter)
        {
            var (start, end) = (hours.From.ToTimeSpan(), hours.To.ToTimeSpan());
            return end > start ? !dayAfter && time >= start && time < end : dayAfter ? time < end : time >= start;
        }
    }

    [Test]
    public void Every_start_has_for_each_kind_a_resource_that_is_open_and_not_busy_all_the_time() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), world => Compute(world).TrueForAll(time =>
            time.End - time.Start == TimeSpan.FromMinutes(world.Minutes)
            && time.Start >= world.From && time.Start < world.To
            && Array.TrueForAll(world.Wanted, kind => world.Resources.Any(resource => resource.Kind == kind && IsFree(world, resource, time)))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Test]
    public void No_start_of_the_grid_that_is_free_is_left_out() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), world =>
        {
            var found = Compute(world).Select(x => x.Start).ToHashSet();
            var grid =
                from resource in world.Resources
                where resource.Kind == "a"
                let step = resource.SlotMinutes > 0 ? resource.SlotMinutes : world.Minutes
                from stretch in resource.Stretches(world.From, world.To).Concat(resource.Opened)
                from n in Enumerable.Range(0, 4000)
                let start = stretch.Start.AddMinutes((double)n * step)
                where start < stretch.End && start >= world.From && start < world.To
                select start;
            return grid.Distinct().All(start => found.Contains(start) || !Array.TrueForAll(world.Wanted, kind => world.Resources.Any(resource =>
                resource.Kind == kind && IsFree(world, resource, new Interval(start, start.AddMinutes(world.Minutes))))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Test]
    public void Starts_are_sorted_unique_and_the_same_whatever_window_one_looks_through() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), world =>
        {
            var whole = Compute(world).ConvertAll(x => x.Start);
            var middle = world.From + ((world.To - world.From) / 3);
            var parts = Compute(world with { To = middle }).Concat(Compute(world with { From = middle })).Select(x => x.Start);
            return whole.SequenceEqual(parts) && whole.SequenceEqual(whole.Distinct().Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void More_busy_time_never_makes_more_starts_and_the_lead_time_cuts_the_early_ones() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), AnyInterval.ToArbitrary(), (world, more) =>
        {
            var all = Compute(world);
            var busier = world with { Busy = world.Busy.ToDictionary(x => x.Key, x => x.Value.Append(more).ToList()) };
            var late = world.From.AddHours(30);
            return Compute(busier).TrueForAll(all.Contains) && Compute(world, late).SequenceEqual(all.Where(x => x.Start >= late));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void Open_times_worked_out_once_for_a_long_window_give_the_same_starts_in_every_part_of_it() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), world =>
        {
            var remembering = world with
            {
                Resources = Array.ConvertAll(world.Resources, resource => resource.Remembering(world.Holidays, Monday.AddDays(-3), Monday.AddDays(14))),
            };
            return Compute(remembering).SequenceEqual(Compute(world));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Test]
    public void The_fast_way_finds_what_the_naive_way_finds() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), world =>
            Compute(world).SequenceEqual(NaiveStarts.Compute(world.Wanted, world.Minutes, world.Resources, world.Holidays, world.Busy, world.From, world.To)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void In_spring_and_autumn_too() =>
        Prop.ForAll(AnyWorld.ToArbitrary(), Gen.Elements(12, 26, 33, 243).ToArbitrary(), (world, days) =>
        {
            var moved = world with
            {
                From = world.From.AddDays(days),
                To = world.To.AddDays(days),
                Holidays = [.. world.Holidays.Select(day => day.AddDays(days))],
                Busy = world.Busy.ToDictionary(x => x.Key, x => x.Value.ConvertAll(time => new Interval(time.Start.AddDays(days), time.End.AddDays(days)))),
                Resources = Array.ConvertAll(world.Resources, resource => resource with { Hours = [.. resource.Hours.Select(hours => hours with { ValidFrom = null, ValidTo = null })] }),
            };
            return Compute(moved).SequenceEqual(NaiveStarts.Compute(moved.Wanted, moved.Minutes, moved.Resources, moved.Holidays, moved.Busy, moved.From, moved.To));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [TestCase("Europe/Berlin", "2027-03-28", 23)]
    [TestCase("Europe/Berlin", "2027-10-31", 25)]
    [TestCase("Asia/Almaty", "2027-03-28", 24)]
    [TestCase("America/New_York", "2027-03-14", 23)]
    public void A_day_that_is_open_around_the_clock_has_as_many_hours_as_it_really_has(string zone, string date, int hours)
    {
        var day = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture);
        var calendar = Calendar(zone, 60, new OpeningHours(day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek, TimeOnly.MinValue, TimeOnly.MinValue));
        var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var starts = Free(calendar, 60, start.AddDays(-2), start.AddDays(3));
        Assert.That(starts, Has.Count.EqualTo(hours));
        Assert.That(starts[^1].End - starts[0].Start, Is.EqualTo(TimeSpan.FromHours(hours)));
    }

    [Test]
    public void An_opening_in_the_hour_that_is_skipped_begins_right_after_it_and_one_that_comes_twice_begins_the_first_time()
    {
        var calendar = Calendar("Europe/Berlin", 30, new OpeningHours(7, new TimeOnly(2, 30), new TimeOnly(5, 0)));
        var spring = Free(calendar, 30, new DateTimeOffset(2027, 3, 28, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 3, 29, 0, 0, 0, TimeSpan.Zero));
        Assert.That(spring[0].Start, Is.EqualTo(new DateTimeOffset(2027, 3, 28, 1, 30, 0, TimeSpan.Zero)), "03:30 summer time");
        var autumn = Free(calendar, 30, new DateTimeOffset(2027, 10, 31, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 11, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.That(autumn[0].Start, Is.EqualTo(new DateTimeOffset(2027, 10, 31, 0, 30, 0, TimeSpan.Zero)), "02:30 summer time");
        Assert.That(autumn[^1].End, Is.EqualTo(new DateTimeOffset(2027, 10, 31, 4, 0, 0, TimeSpan.Zero)), "05:00 winter time");
    }

    [Test]
    public void Kazakhstan_has_one_time_since_2024_and_both_its_zones_say_so()
    {
        foreach (var zone in new[] { "Asia/Almaty", "Asia/Qyzylorda", "Asia/Aqtau" })
        {
            Assert.That(LocalTime.Opening(new DateOnly(2027, 7, 1), new TimeOnly(10, 0), TimeZoneInfo.FindSystemTimeZoneById(zone)).Hour, Is.EqualTo(5), zone);
        }
    }

    private static ResourceCalendar Calendar(string zone, int slot, OpeningHours hours) =>
        new(Guid.NewGuid(), "a", TimeZoneInfo.FindSystemTimeZoneById(zone), slot, [hours], [], []);

    private static List<Interval> Free(ResourceCalendar calendar, int minutes, DateTimeOffset from, DateTimeOffset to) =>
        FreeStarts.Compute(["a"], minutes, [calendar], new HashSet<DateOnly>(), new Dictionary<Guid, List<Interval>>(), from, to, from);
}
