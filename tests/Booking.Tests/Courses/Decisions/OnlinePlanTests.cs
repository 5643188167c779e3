using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Booking.Tests.Courses.Decisions;

public sealed class OnlinePlanTests
{
    private static readonly PolicyOptions Quick = new() { Scenarios = 4, FirstSteps = 30, DailySteps = 10 };

    private static readonly Gen<GeneratedCourses> AnyDepartment =
        from seed in Gen.Choose(0, 1_000_000)
        from load in Gen.Choose(4, 14)
        from days in Gen.Choose(1, 8)
        from machines in Gen.Choose(1, 4)
        from capacity in Gen.Choose(12, 80)
        select GeneratedCourses.From(seed, load / 10.0, days, machines, capacity);

    [Test]
    public void No_machine_day_is_overfull_and_no_course_starts_before_it_is_ready()
    {
        Prop.ForAll(AnyDepartment.ToArbitrary(), department =>
        {
            var starts = department.Decide(Quick);
            var taken = new int[department.Days, department.Machines];
            foreach (var (day, machine, slots) in department.Booked)
            {
                taken[day, machine] += slots;
            }

            foreach (var (course, start) in department.Arrivals.Zip(starts).Where(pair => pair.Second is not null))
            {
                if (start!.StartDay < course.ReadyDay)
                {
                    return false;
                }

                for (var day = start.StartDay; day < start.StartDay + course.Sessions; day++)
                {
                    taken[day, start.Machine] += course.Slots;
                }
            }

            return starts.TrueForAll(start => start is not null) && taken.Cast<int>().All(slots => slots <= department.Capacity);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Test]
    public void The_same_arrivals_get_the_same_starts()
    {
        var once = GeneratedCourses.From(7, 1.1).Decide(Quick);

        Assert.That(GeneratedCourses.From(7, 1.1).Decide(Quick), Is.EqualTo(once));
    }

    [Test]
    public void Later_arrivals_do_not_change_earlier_decisions()
    {
        Prop.ForAll(AnyDepartment.ToArbitrary(), department =>
        {
            var first = department.Arrivals.Count / 2;
            return department.Decide(Quick).Take(first).SequenceEqual(department.Decide(Quick, first));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Test]
    public void Arrivals_out_of_order_are_refused()
    {
        var plan = new OnlinePlan(new MachineDays(60, 1, 20), DecisionState.FiveDayWeeks(60), ArrivalPrior.Radiotherapy(20), options: Quick);
        plan.Accept(new(2, 3, 3, 5, 1, 4));

        Assert.That(() => plan.Accept(new(2, 2, 3, 5, 1, 4)), Throws.ArgumentException);
    }

    [Test]
    public void A_course_that_fits_nowhere_is_given_no_start_and_takes_nothing()
    {
        var machines = new MachineDays(30, 1, 20);
        machines.Occupy(15, 0, 18);
        var plan = new OnlinePlan(machines, DecisionState.FiveDayWeeks(60), ArrivalPrior.Radiotherapy(20), options: Quick);

        Assert.Multiple(() =>
        {
            Assert.That(plan.Accept(new(3, 0, 0, 5, 20, 4)), Is.Null);
            Assert.That(Enumerable.Range(0, 30).Sum(day => machines.Free(day, 0)), Is.EqualTo((30 * 20) - 18));
        });
    }

    [Test]
    public void In_an_overloaded_department_patients_and_above_all_urgent_ones_are_less_late_than_with_the_first_free_day()
    {
        List<(double Ours, double First, double OursUrgent, double FirstUrgent)> late = [];
        foreach (var department in Enumerable.Range(1, 4).Select(seed => GeneratedCourses.From(seed, 1.2, arrivalDays: 20)))
        {
            var (ours, first) = (department.Decide(new() { Scenarios = 8 }).ConvertAll(start => start!.StartDay), department.FirstFit());
            late.Add((
                department.MeanLate(ours, _ => true), department.MeanLate(first, _ => true),
                department.MeanLate(ours, course => course.Priority == 2), department.MeanLate(first, course => course.Priority == 2)));
        }

        TestContext.Out.WriteLine(string.Join("\n", late));
        Assert.Multiple(() =>
        {
            Assert.That(late.Average(x => x.Ours), Is.LessThan(late.Average(x => x.First)));
            Assert.That(late.Average(x => x.OursUrgent), Is.LessThan(late.Average(x => x.FirstUrgent) / 2));
        });
    }
}
