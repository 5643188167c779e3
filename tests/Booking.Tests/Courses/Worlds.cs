using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using Interval = MedTourism.Booking.Availability.Interval;

namespace MedTourism.Booking.Tests.Courses;

/// <summary>A center at random: machines with hours, closures, blocks and what others took, holidays, and a course that someone wants there.</summary>
internal sealed record World(ResourceFacts[] Resources, Dictionary<DateOnly, string> Holidays, int Days, CourseRequest Request, TimeZoneInfo Zone)
{
    public FreeTime Time => FreeTime.Of(Zone, Worlds.FirstDay, Days, Holidays, Resources);
}

internal static class Worlds
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
    public static readonly DateOnly FirstDay = new(2027, 3, 1); // a Monday
    private static readonly string[] Machines = ["linac"];
    private static readonly string[] MachineAndRoom = ["linac", "room"];
    private static readonly string[] Ct = ["ct"];

    public static readonly Gen<CoursePattern> AnyPattern =
        from sessions in Gen.Choose(1, 24)
        from minutes in Gen.Elements(10, 15, 20, 30, 45, 12)
        from longer in Gen.Elements(0, 0, 30, 60)
        from cadence in Gen.Elements(Cadence.Daily, Cadence.Daily, Cadence.TwiceDaily, Cadence.AlternateDays, Cadence.Cycle)
        from gap in Gen.Elements(0, 3, 3, 4, 7)
        from perWeek in Gen.Elements(0, 0, 2, 3, 4)
        from block in Gen.Elements(0, 0, 2, 3)
        from weekdays in Gen.Elements<int[]>([], [], [1, 2, 3, 4], [1], [2, 4])
        from kinds in Gen.Elements(Machines, MachineAndRoom)
        from rule in Gen.Elements(MachineRule.Same, MachineRule.Matched)
        from planning in Gen.Elements<PlanningVisit?>(null, null, new PlanningVisit(Ct, 30, 3, 8), new PlanningVisit(["ct", "room"], 45, 1, 0))
        from hours in Gen.Elements<(TimeOnly?, TimeOnly?)>((null, null), (null, null), (new(9, 0), new(13, 0)), (null, new(12, 30)), (new(14, 5), null))
        select new CoursePattern
        {
            Sessions = cadence == Cadence.Cycle ? Math.Min(sessions, 4) : sessions,
            SessionMinutes = minutes,
            FirstSessionMinutes = longer > minutes ? longer : 0,
            Cadence = cadence,
            MinHoursBetween = cadence == Cadence.TwiceDaily ? 6 : 18,
            MaxGapDays = cadence is Cadence.Cycle ? 0 : cadence == Cadence.AlternateDays && gap > 0 ? Math.Max(gap, 4) : gap,
            MinPerWeek = cadence is Cadence.Cycle ? 0 : cadence == Cadence.AlternateDays ? Math.Min(perWeek, 2) : perWeek,
            StartWeekdays = weekdays,
            StartBlock = cadence is Cadence.Daily or Cadence.TwiceDaily ? block : 0,
            CycleMinDays = cadence == Cadence.Cycle ? 12 : 0,
            CycleMaxDays = cadence == Cadence.Cycle ? 16 : 0,
            ResourceKinds = kinds,
            Machine = rule,
            EarliestStart = hours.Item1,
            LatestStart = hours.Item2,
            Planning = planning,
        };

    public static readonly Gen<World> AnyWorld =
        from machines in Gen.Choose(1, 4)
        from resources in AnyResource("linac").ArrayOf(machines)
        from rooms in AnyResource("room").ArrayOf(2)
        from cts in AnyResource("ct").ArrayOf(1)
        from holidays in Gen.Choose(0, 79).ArrayOf(5)
        from pattern in AnyPattern
        from zone in Gen.Elements("Asia/Almaty", "Asia/Almaty", "Europe/Berlin")
        from first in Gen.Choose(0, 20)
        from lastBy in Gen.Elements<int?>(null, null, 40, 70)
        from stay in Gen.Elements<int?>(null, null, 30, 50)
        from hours in Gen.Elements<(TimeOnly?, TimeOnly?)>((null, null), (null, null), (new(8, 30), new(16, 0)))
        from notBefore in Gen.Choose(0, 3000)
        select new World(
            [.. resources, .. rooms, .. cts],
            holidays.Distinct().ToDictionary(x => FirstDay.AddDays(x), x => $"Holiday {x}"),
            80,
            new CourseRequest(
                pattern, LocalTime.Opening(FirstDay, TimeOnly.MinValue, Zone).AddMinutes(notBefore), FirstDay.AddDays(first),
                lastBy is { } lastDay ? FirstDay.AddDays(lastDay) : null, hours.Item1, hours.Item2, stay, FirstDay.AddDays(first + 7)),
            TimeZoneInfo.FindSystemTimeZoneById(zone));

    public static ResourceFacts Machine(string kind, string name, int slot = 0, string? set = null, IReadOnlyList<Interval>? taken = null, IReadOnlyList<Closure>? closed = null) => new(
        Guid.NewGuid(), kind, name, 1, "open", set, slot, Hours(new(8, 0), new(18, 0)), closed ?? [], [], [], taken ?? []);

    public static OpeningHours[] Hours(TimeOnly from, TimeOnly to) => [.. Enumerable.Range(1, 5).Select(day => new OpeningHours(day, from, to))];

    private static Gen<ResourceFacts> AnyResource(string kind) =>
        from slot in Gen.Elements(0, 10, 15, 20, 30)
        from open in Gen.Choose(6, 11)
        from length in Gen.Choose(3, 11)
        from odd in Gen.Elements(0, 0, 7)
        from density in Gen.Choose(0, 90)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from closures in AnyStretch(3000).ArrayOf(2)
        from blocks in AnyStretch(400).ArrayOf(4)
        from opened in AnyStretch(900).ArrayOf(1)
        from set in Gen.Elements<string?>("a", "a", "b", null)
        from status in Gen.Elements("open", "open", "open", "open", "open", "open", "closed")
        from number in Gen.Choose(1, 9)
        select new ResourceFacts(
            Guid.NewGuid(), kind, $"{kind} {number}", 1, status, set, slot,
            Hours(new TimeOnly(open, odd), new TimeOnly((open + length) % 24, 0)),
            [.. closures.Where(_ => seed % 3 == 0).Select(x => new Closure(x, "service"))],
            seed % 5 == 0 ? opened : [],
            [.. blocks.Where(_ => seed % 2 == 0).Select(x => new Closure(x, "quality assurance"))],
            Taken(seed, density));

    private static Gen<Interval> AnyStretch(int longest) =>
        from start in Gen.Choose(0, 80 * 24 * 60)
        from length in Gen.Choose(1, longest)
        select new Interval(Midnight.AddMinutes(start), Midnight.AddMinutes(start + length));

    private static DateTimeOffset Midnight => LocalTime.Opening(FirstDay, TimeOnly.MinValue, Zone);

    /// <summary>Bookings of others, without overlaps, so thick that about so many percent of the time are gone.</summary>
    private static List<Interval> Taken(int seed, int percent)
    {
        var random = new Random(seed);
        List<Interval> taken = [];
        for (var minute = random.Next(60); minute < 80 * 24 * 60;)
        {
            var length = random.Next(10, 90);
            if (random.Next(100) < percent)
            {
                taken.Add(new Interval(Midnight.AddMinutes(minute), Midnight.AddMinutes(minute + length)));
            }

            minute += length + random.Next(30);
        }

        return taken;
    }
}
