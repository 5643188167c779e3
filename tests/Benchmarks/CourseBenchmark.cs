using System.Diagnostics;
using System.Globalization;
using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Benchmarks;

/// <summary>
/// The online course policy on published or generated instances: each patient is decided in the order of the file, from what arrived before. Writes the
/// solutions, prints the means of each setting next to published ones, and fails if a solution is not feasible.
/// </summary>
internal static class CourseBenchmark
{
    public static int Run(string instances, string output, string? chart)
    {
        Directory.CreateDirectory(output);
        var files = Directory.GetFiles(instances, "*.csv").Where(file => Path.GetFileName(file) != "published.csv").Order(StringComparer.Ordinal).ToList();
        List<CourseResult> results = [];
        foreach (var file in files)
        {
            results.Add(Solve(CourseInstance.Read(file), output));
        }

        var published = CourseResult.ReadPublished(instances);
        Console.WriteLine("| Setting | Policy | Instances | Wait | Late, all | P1 | P2 | P3 | P4 | s per instance, mean | max | Infeasible |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var setting in results.GroupBy(result => result.Setting).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var policy in published.Where(row => setting.Any(result => result.Name == row.Name)).GroupBy(row => row.Policy))
            {
                Console.WriteLine(CourseResult.Row(setting.Key, policy.Key + " (published)", [.. policy]));
            }

            Console.WriteLine(CourseResult.Row(setting.Key, CourseResult.Ours, [.. setting]));
        }

        if (chart is not null)
        {
            File.WriteAllText(chart, CourseChart.Draw([.. published.Where(row => results.Any(result => result.Name == row.Name)), .. results]));
        }

        return results.Exists(result => result.Faults > 0) ? 1 : 0;
    }

    private static CourseResult Solve(CourseInstance instance, string output)
    {
        var calendar = DecisionState.FiveDayWeeks(instance.Days);
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var plan = new OnlinePlan(instance.Plan(), calendar, ArrivalPrior.Radiotherapy(instance.Capacity));
        List<(CourseDemand Course, StartCandidate? Start)> decided = [.. instance.Arrivals.Select(arrival => (arrival.Course, plan.Accept(arrival.Course)))];
        var (seconds, processorSeconds) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);

        File.WriteAllLines(
            Path.Combine(output, instance.Name + ".csv"),
            decided.Zip(instance.Arrivals).Where(pair => pair.First.Start is not null)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Second.Id};{pair.First.Start!.StartDay};{pair.First.Start.Machine}")));
        var late = new double[5];
        var count = new int[5];
        var wait = 0.0;
        foreach (var (course, start) in decided)
        {
            if (start is null)
            {
                continue;
            }

            foreach (var group in new[] { 0, course.Priority })
            {
                late[group] += Math.Max(0, calendar[start.StartDay] - calendar[course.DueDay]);
                count[group]++;
            }

            wait += calendar[start.StartDay] - calendar[course.ArrivalDay];
        }

        return new(
            instance.Setting, instance.Name, CourseResult.Ours, wait / Math.Max(1, count[0]), [.. late.Zip(count, (sum, n) => sum / Math.Max(1, n))], seconds,
            processorSeconds, Faults(instance, decided));
    }

    // Counted on arrays of its own, so that a fault of the plan's bookkeeping shows.
    private static int Faults(CourseInstance instance, List<(CourseDemand Course, StartCandidate? Start)> decided)
    {
        var taken = new int[instance.Days, instance.Machines];
        foreach (var (day, machine, slots) in instance.Planned)
        {
            taken[day, machine] += slots;
        }

        var faults = 0;
        foreach (var (course, start) in decided)
        {
            if (start is null || start.StartDay < course.ReadyDay || start.StartDay < course.ArrivalDay)
            {
                faults++;
                continue;
            }

            for (var day = start.StartDay; day < start.StartDay + course.Sessions; day++)
            {
                taken[day, start.Machine] += course.Slots;
            }
        }

        return faults + taken.Cast<int>().Count(slots => slots > instance.Capacity);
    }
}
