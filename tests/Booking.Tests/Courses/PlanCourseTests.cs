using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using Interval = MedTourism.Booking.Availability.Interval;

namespace MedTourism.Booking.Tests.Courses;

/// <summary>Thousands of random centers and patterns. What a plan says is checked against the facts minute by minute, not against the planner's own bitmaps.</summary>
public sealed class PlanCourseTests
{
    private static int _planned;
    private static int _refused;

    [Test]
    public void Everything_in_a_plan_is_open_and_free_and_no_rule_is_broken()
    {
        (_planned, _refused) = (0, 0);
        Prop.ForAll(Worlds.AnyWorld.ToArbitrary(), world =>
        {
            var time = world.Time;
            var answer = PlanCourse.Of(world.Request, time);
            foreach (var plan in answer.Plans)
            {
                AssertSound(world, time, plan);
            }

            Assert.That(answer.Plans, Has.Count.LessThanOrEqualTo(5));
            Assert.That(answer.Plans.Select(x => string.Join(' ', x.Visits.Select(v => $"{v.Time.Start:O}{v.ResourceIds[0]}"))), Is.Unique);
            Assert.That(answer.Plans.Count > 0 ? answer.Refusals.Count == 0 : answer.Refusals.Count > 0, "A plan or a reason.");
            _ = answer.Plans.Count > 0 ? Interlocked.Increment(ref _planned) : Interlocked.Increment(ref _refused);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        // The generator must make both kinds of world, or this proves little.
        Assert.That(Math.Min(_planned, _refused), Is.GreaterThan(300), $"{_planned} planned, {_refused} refused.");
    }

    [Test]
    public void The_same_facts_give_the_same_plans() =>
        Prop.ForAll(Worlds.AnyWorld.ToArbitrary(), world =>
            JsonSerializer.Serialize(PlanCourse.Of(world.Request, world.Time))
            == JsonSerializer.Serialize(PlanCourse.Of(world.Request, (world with { Resources = [.. world.Resources.Reverse()] }).Time)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Test]
    public void Each_category_is_the_best_of_all_that_are_shown() =>
        Prop.ForAll(Worlds.AnyWorld.ToArbitrary(), world =>
        {
            var plans = PlanCourse.Of(world.Request, world.Time).Plans;
            return plans.Count == 0 || (
                Of("earliest-end").LastDay == plans.Min(x => x.LastDay)
                && Of("fewest-gaps").LostDays == plans.Min(x => x.LostDays)
                && Of("steadiest-hour").HourDeviationMinutes == plans.Min(x => x.HourDeviationMinutes)
                && plans.Single(x => x.Why.Any(why => why.Code is "fits-stay" or "shortest-stay" or "closest-to-limit")).DaysInCountry == plans.Min(x => x.DaysInCountry));

            CoursePlan Of(string code) => plans.Single(x => x.Why.Any(why => why.Code == code));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>A small world searched by trying everything: if there is any course, the planner finds one, and none ends earlier.</summary>
    [Test]
    public void No_course_that_is_possible_is_missed_and_none_ends_earlier()
    {
        var found = 0;
        Prop.ForAll(Small().ToArbitrary(), world =>
        {
            var time = world.Time;
            var best = BruteForce(world, time);
            var planned = PlanCourse.Of(world.Request, time).Plans;
            Interlocked.Add(ref found, best is null ? 0 : 1);
            Assert.That(planned.Count == 0 ? (DateOnly?)null : planned.Min(x => x.LastDay), Is.EqualTo(best));
            Assert.That(PlanCourse.Earliest(world.Request, time)?.Last >= best, best is null ? Is.False : Is.True);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.That(found, Is.InRange(100, 390), "Some worlds must have a course and some none.");
    }

    [Test]
    public void A_planning_visit_leaves_the_physicists_their_working_days()
    {
        var pattern = Pattern() with { Sessions = 10, Planning = new PlanningVisit(["ct"], 30, 5, 10) };
        var time = FreeTime.Of(Worlds.Zone, Worlds.FirstDay, 90, new Dictionary<DateOnly, string> { [new(2027, 3, 8)] = "Women's Day" }, [Worlds.Machine("linac", "Gantry 1"), Worlds.Machine("ct", "CT")]);
        var plan = PlanCourse.Of(Request(pattern, Worlds.FirstDay), time).Plans[0];
        Assert.Multiple(() =>
        {
            Assert.That(plan.Visits[0].Phase, Is.EqualTo(Phases.Planning));
            Assert.That(LocalTime.DateOf(plan.Visits[0].Time.Start, Worlds.Zone), Is.EqualTo(Worlds.FirstDay));
            Assert.That(plan.FirstDay, Is.EqualTo(new DateOnly(2027, 3, 9)), "2, 3, 4, 5 and, after the holiday on the 8th, 9 March.");
            Assert.That(plan.ArriveOn, Is.EqualTo(Worlds.FirstDay.AddDays(-1)));
        });
    }

    [Test]
    public void A_gap_names_whose_block_stood_in_the_way()
    {
        var monday = new DateOnly(2027, 3, 1);
        Interval Local(int day, int from, int to) => new(LocalTime.Opening(monday.AddDays(day), new TimeOnly(from, 0), Worlds.Zone), LocalTime.Opening(monday.AddDays(day), new TimeOnly(to, 0), Worlds.Zone));
        var machine = Worlds.Machine("linac", "Gantry 1", closed: [new Closure(Local(2, 7, 19), "quality assurance")]);
        var plan = PlanCourse.Of(Request(Pattern() with { Sessions = 5, StartBlock = 0, StartWeekdays = [1] }, monday), FreeTime.Of(Worlds.Zone, monday, 30, new Dictionary<DateOnly, string>(), [machine]))
            .Plans.Single(x => x.FirstDay == monday);
        var gap = plan.Gaps.Single(x => x.After == monday.AddDays(1));
        Assert.That(gap.Reasons.Select(x => x.Text), Is.EqualTo(new[] { "Gantry 1: quality assurance, 3 March 07:00–19:00." }));
    }

    [Test]
    public void If_nothing_fits_the_answer_says_what_stood_in_the_way_and_what_would_help()
    {
        var evenings = new ResourceFacts(Guid.NewGuid(), "linac", "Gantry 1", 1, "open", null, 20, Worlds.Hours(new(15, 0), new(18, 0)), [], [], [], []);
        var answer = PlanCourse.Of(
            Request(Pattern(), Worlds.FirstDay) with { StartFrom = new(9, 0), StartTo = new(13, 0) },
            FreeTime.Of(Worlds.Zone, Worlds.FirstDay, 90, new Dictionary<DateOnly, string>(), [evenings]));
        Assert.Multiple(() =>
        {
            Assert.That(answer.Plans, Is.Empty);
            Assert.That(answer.Refusals.Select(x => x.Reason.Code), Does.Contain("time-of-day").Or.Contain("hours"));
            Assert.That(answer.Relaxations[0].Reason.Code, Is.EqualTo("hours"));
            Assert.That(answer.Relaxations[0].Reason.Parameters["to"], Is.EqualTo(new TimeOnly(16, 0)));
            Assert.That(answer.Relaxations[0].Clinical, Is.False);
        });
    }

    [Test]
    public void A_machine_that_is_not_open_is_never_planned_and_is_named()
    {
        var closed = Worlds.Machine("linac", "Gantry 1") with { Status = "commissioning" };
        var answer = PlanCourse.Of(Request(Pattern(), Worlds.FirstDay), FreeTime.Of(Worlds.Zone, Worlds.FirstDay, 90, new Dictionary<DateOnly, string>(), [closed]));
        Assert.That(answer.Refusals.Single().Reason.Text, Is.EqualTo("Gantry 1 is commissioning."));
    }

    [Test]
    public void Free_cells_are_those_minutes_that_are_open_and_not_taken() =>
        Prop.ForAll(Worlds.AnyWorld.ToArbitrary(), Gen.Choose(0, 79 * 288).ToArbitrary(), Gen.Elements(5, 20, 45, 60, 180, 700).ToArbitrary(), (world, cell, minutes) =>
        {
            var time = world.Time;
            return time.Resources.All(resource =>
            {
                var facts = world.Resources.Single(x => x.Id == resource.Id);
                for (var i = cell; i < cell + 200; i++)
                {
                    var wanted = new Interval(time.TimeOf(i), time.TimeOf(i).AddMinutes(minutes));
                    var free = facts.Status == "open" && IsFree(world, facts, wanted) && wanted.End <= time.TimeOf(time.CellCount);

                    // Facts that do not begin on a cell make whole cells unfree: never the other way round.
                    if (resource.IsFree(i, minutes) && !free)
                    {
                        return false;
                    }

                    if (free && !resource.IsFree(i, minutes) && IsFree(world, facts, new Interval(wanted.Start.AddMinutes(-5), wanted.End.AddMinutes(5))))
                    {
                        return false;
                    }

                    if (!free && resource.WhyNot(wanted).Count == 0)
                    {
                        return false;
                    }
                }

                return true;
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static void AssertSound(World world, FreeTime time, CoursePlan plan)
    {
        var pattern = world.Request.Narrowed;
        var fractions = plan.Fractions.ToList();
        var breaches = CourseRules.Check(
            pattern, [.. fractions.Select(x => new PlannedSession(x.Number, x.Phase, x.Time, x.ResourceIds[0]))], world.Zone, time.IsWorkingDay,
            (a, b) => world.Resources.Single(x => x.Id == a).MatchedSet is { } set && set == world.Resources.Single(x => x.Id == b).MatchedSet);
        Assert.That(breaches, Is.Empty);
        Assert.That(plan.Visits.Select(x => x.Number), Is.EqualTo(Enumerable.Range(1, plan.Visits.Count)));
        Assert.That(plan.Visits.Zip(plan.Visits.Skip(1)).All(x => x.First.Time.End <= x.Second.Time.Start), "Visits follow each other.");
        foreach (var visit in plan.Visits)
        {
            var kinds = visit.Phase == Phases.Planning ? pattern.Planning!.ResourceKinds : pattern.ResourceKinds;
            var resources = visit.ResourceIds.Select(id => world.Resources.Single(x => x.Id == id)).ToList();
            Assert.That(resources.Select(x => x.Kind), Is.EqualTo(kinds));
            Assert.That(resources.TrueForAll(x => x.Status == "open" && IsFree(world, x, visit.Time)), $"{visit} is not free.");
            Assert.That(visit.Time.Start, Is.GreaterThanOrEqualTo(world.Request.NotBefore));
        }

        if (pattern.Planning is { } planning)
        {
            var worked = time.WorkingDaysBetween(LocalTime.DateOf(plan.Visits[0].Time.Start, world.Zone), plan.FirstDay);
            Assert.That(worked, Is.GreaterThanOrEqualTo(planning.MinWorkingDays));
            Assert.That(planning.MaxWorkingDays == 0 || worked <= planning.MaxWorkingDays);
        }

        Assert.That(plan.FirstDay, Is.GreaterThanOrEqualTo(world.Request.FirstDayFrom));
        Assert.That(plan.LastDay, Is.LessThanOrEqualTo(world.Request.LastDayBy ?? DateOnly.MaxValue));
        Assert.That(plan.LastDay, Is.EqualTo(LocalTime.DateOf(plan.Visits[^1].Time.Start, world.Zone)));
        Assert.That(plan.FitsLimits, Is.EqualTo(!(world.Request.MaxStayDays < plan.DaysInCountry)));
        Assert.That(plan.Why, Is.Not.Empty);
    }

    /// <summary>By the calendar that single visits use.</summary>
    private static bool IsFree(World world, ResourceFacts facts, Interval wanted)
    {
        var calendar = new ResourceCalendar(facts.Id, facts.Kind, world.Zone, facts.SlotMinutes, facts.Hours, [.. facts.Closed.Select(x => x.Time)], facts.Opened);
        return Intervals.Cover(Intervals.Merge(calendar.Open(world.Holidays.Keys.ToHashSet(), wanted.Start.AddDays(-1), wanted.End.AddDays(1))), wanted)
            && !facts.Taken.Any(x => x.Overlaps(wanted)) && !facts.Blocks.Any(x => x.Time.Overlaps(wanted));
    }

    private static CoursePattern Pattern() => new()
    {
        Sessions = 20,
        SessionMinutes = 20,
        Cadence = Cadence.Daily,
        MinHoursBetween = 18,
        MaxGapDays = 3,
        StartBlock = 2,
        ResourceKinds = ["linac"],
    };

    private static CourseRequest Request(CoursePattern pattern, DateOnly from) => new(pattern, LocalTime.Opening(from, TimeOnly.MinValue, Worlds.Zone), from);

    /// <summary>Two weeks, one or two machines with a few free starts on each day.</summary>
    private static Gen<World> Small() =>
        from pattern in Worlds.AnyPattern
        from sessions in Gen.Choose(1, 5)
        from machines in Gen.Choose(1, 2)
        from free in Gen.Choose(0, 5).ArrayOf(24 * machines)
        from matched in Gen.Elements("a", null)
        from holidays in Gen.Choose(0, 11).ArrayOf(2)
        from block in Gen.Elements(0, 0, 2)
        select new World(
            [.. Enumerable.Range(0, machines).Select(m => new ResourceFacts(
                Guid.NewGuid(), "linac", $"Gantry {m}", 1, "open", matched, 20, [], [],
                [.. Enumerable.Range(0, 12).SelectMany(day => Enumerable.Range(0, 2).Where(i => free[(m * 24) + (day * 2) + i] < 4)
                    .Select(i => At(day, (free[(m * 24) + (day * 2) + i] * 3) + i + 7)).Select(start => new Interval(start, start.AddMinutes(20))))],
                [], []))],
            holidays.Distinct().ToDictionary(x => Worlds.FirstDay.AddDays(x), x => "Holiday"),
            12,
            Request(
                pattern with
                {
                    Sessions = sessions, SessionMinutes = 20, FirstSessionMinutes = 0, ResourceKinds = ["linac"], Planning = null, EarliestStart = null, LatestStart = null,
                    StartBlock = pattern.StartBlock > 0 ? block : 0, CycleMinDays = 3, CycleMaxDays = 5,
                },
                Worlds.FirstDay),
            Worlds.Zone);

    private static DateTimeOffset At(int day, int hour) => LocalTime.Opening(Worlds.FirstDay.AddDays(day), new TimeOnly(hour, 0), Worlds.Zone);

    private static DateOnly? BruteForce(World world, FreeTime time)
    {
        var pattern = world.Request.Narrowed;
        var starts = world.Resources.SelectMany(x => x.Opened.Select(opened => (x.Id, Time: opened)))
            .Where(x => IsFree(world, world.Resources.Single(r => r.Id == x.Id), x.Time))
            .OrderBy(x => x.Time.Start).ToList();
        DateOnly? best = null;
        Try([], 0);
        return best;

        void Try(List<PlannedSession> sofar, int from)
        {
            if (sofar.Count == pattern.Sessions)
            {
                var last = LocalTime.DateOf(sofar[^1].Time.Start, world.Zone);
                var wholeDays = pattern.Cadence != Cadence.TwiceDaily || sofar.GroupBy(x => LocalTime.DateOf(x.Time.Start, world.Zone)).SkipLast(1).All(day => day.Count() == 2)
                    && (pattern.Sessions % 2 == 1 || sofar.GroupBy(x => LocalTime.DateOf(x.Time.Start, world.Zone)).Last().Count() == 2);
                best = wholeDays && (best is null || last < best)
                    && CourseRules.Check(pattern, sofar, world.Zone, time.IsWorkingDay, (_, _) => world.Resources[0].MatchedSet is not null).Count == 0 ? last : best;
                return;
            }

            for (var i = from; i < starts.Count; i++)
            {
                if (sofar.Count == 0 || (starts[i].Time.Start - sofar[^1].Time.Start).TotalHours >= pattern.MinHoursBetween)
                {
                    sofar.Add(new PlannedSession(sofar.Count + 1, Phases.Fraction, starts[i].Time, starts[i].Id));
                    Try(sofar, i + 1);
                    sofar.RemoveAt(sofar.Count - 1);
                }
            }
        }
    }
}
