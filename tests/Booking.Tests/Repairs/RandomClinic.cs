using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Sessions;
using Interval = MedTourism.Booking.Availability.Interval;

namespace MedTourism.Booking.Tests.Repairs;

/// <summary>A center drawn from a seed: machines with hours, holidays and blocks, patients with courses that keep their rules, and a machine that fails.</summary>
internal sealed class RandomClinic
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Market.Zone);
    public static readonly DateOnly Today = new(2027, 3, 1); // a Monday
    private const int Days = 150;

    private readonly Random _random;
    private readonly List<(Guid Id, string Kind, int Slot, string? Set, List<OpeningHours> Hours, List<Closure> Closed, List<Closure> Blocks)> _resources = [];
    private readonly Dictionary<DateOnly, string> _holidays = [];
    private readonly List<Guid> _machines = [];
    private RepairTime? _down;
    private RepairTime? _up;

    public RandomClinic(int seed)
    {
        _random = new Random(seed);
        Now = At(Today, 7, 0);
        Build();
        for (var i = 0; i < 3 + _random.Next(9); i++)
        {
            TryAdd();
        }

        Fail();
    }

    public DateTimeOffset Now { get; }

    public DateTimeOffset NotBefore => Now.AddHours(2);

    public List<(Guid Id, CoursePattern? Pattern, List<RepairSession> Sessions)> Patients { get; } = [];

    public Guid Down { get; private set; }

    public Interval Outage { get; private set; }

    public RepairStyle Style => ((RepairStyle[])[RepairStyle.UsualHours, RepairStyle.MakeUp, RepairStyle.Evenings, RepairStyle.Append])[_random.Next(4)];

    /// <summary>The free time with these sessions of everybody taken, and the machine down.</summary>
    public RepairTime Time(IEnumerable<RepairSession> sessions, bool down = true)
    {
        var time = (down ? _down ??= Empty(true) : _up ??= Empty(false)).Copy();
        foreach (var session in sessions.Where(x => x.State != Session.Missed))
        {
            foreach (var resource in session.Resources)
            {
                time.Take(resource, session.Time);
            }
        }

        return time;
    }

    private RepairTime Empty(bool down)
    {
        var time = new RepairTime(
            FreeTime.Of(Zone, Today.AddDays(-21), Days, _holidays, _resources.Select(x => new ResourceFacts(
                x.Id, x.Kind, x.Kind, 1, "open", x.Set, x.Slot, x.Hours, [.. x.Closed, .. down && x.Id == Down ? [new Closure(Outage, "down")] : Array.Empty<Closure>()], [], x.Blocks, []))),
            100);
        time.Widen();
        return time;
    }

    public Dictionary<Guid, List<RepairSession>> Before => Patients.ToDictionary(x => x.Id, x => x.Sessions);

    public static DateTimeOffset At(DateOnly day, int hour, int minute) => LocalTime.Opening(day, new TimeOnly(hour, minute), Zone);

    public static List<PlannedSession> Fractions(IEnumerable<RepairSession> sessions) =>
        [.. sessions.Where(x => x.Phase == Phases.Fraction).OrderBy(x => x.Time.Start).Select(x => new PlannedSession(x.Number, x.Phase, x.Time, x.Machine, x.Extra))];

    private void Build()
    {
        var slot = new[] { 10, 15, 20, 30 }[_random.Next(4)];
        for (var i = 0; i < 1 + _random.Next(4); i++)
        {
            var id = NextId();
            _machines.Add(id);
            _resources.Add((id, "linac", slot, _random.Next(3) == 0 ? null : "set", Hours(_random.Next(6) == 0), [], Blocks()));
        }

        for (var i = 0; i < 1 + _random.Next(3); i++)
        {
            _resources.Add((NextId(), "room", 0, null, Hours(_random.Next(3) == 0), [], []));
        }

        for (var i = 0; i < _random.Next(5); i++)
        {
            _holidays[Today.AddDays(_random.Next(60))] = "holiday";
        }
    }

    private List<OpeningHours> Hours(bool saturday)
    {
        var (from, to) = (new TimeOnly(7 + _random.Next(3), 0), new TimeOnly(14 + _random.Next(6), 0));
        return [.. Enumerable.Range(1, saturday ? 6 : 5).Select(day => new OpeningHours(day, from, to))];
    }

    private List<Closure> Blocks() =>
    [
        .. Enumerable.Range(0, _random.Next(8)).Select(_ => Today.AddDays(_random.Next(60))).Select(day => new Closure(new Interval(At(day, 9 + _random.Next(5), 0), At(day, 15, 30)), "service")),
    ];

    private CoursePattern AnyPattern()
    {
        var cadence = new[] { Cadence.Daily, Cadence.Daily, Cadence.Daily, Cadence.TwiceDaily, Cadence.AlternateDays, Cadence.Cycle }[_random.Next(6)];
        var minutes = new[] { 10, 15, 20, 30, 45 }[_random.Next(5)];
        return new CoursePattern
        {
            Sessions = 2 + _random.Next(cadence == Cadence.Cycle ? 4 : 20),
            SessionMinutes = minutes,
            FirstSessionMinutes = _random.Next(3) == 0 ? minutes + 15 : 0,
            Cadence = cadence,
            MinHoursBetween = cadence == Cadence.TwiceDaily ? 6 : new[] { 0, 12, 18 }[_random.Next(3)],
            MaxGapDays = cadence == Cadence.Cycle ? 0 : new[] { 0, 2, 3, 5 }[_random.Next(4)],
            MinPerWeek = cadence == Cadence.Daily ? new[] { 0, 0, 3, 4 }[_random.Next(4)] : 0,
            StartWeekdays = _random.Next(3) == 0 ? [1, 2, 3] : [],
            StartBlock = cadence == Cadence.Daily ? new[] { 0, 0, 2 }[_random.Next(3)] : 0,
            CycleMinDays = 14,
            CycleMaxDays = 21,
            ResourceKinds = ["linac"],
            Machine = _random.Next(3) == 0 ? MachineRule.Same : MachineRule.Matched,
            LatestStart = _random.Next(4) == 0 ? new TimeOnly(13, 0) : null,
            CatchUp = new CatchUp(_random.Next(2) == 0 ? 6 : 0, _random.Next(2) == 0),
            MaxProlongationDays = _random.Next(3),
            Planning = _random.Next(4) == 0 ? new PlanningVisit(["room"], 60, 2, 15) : null,
        };
    }

    /// <summary>A patient whose sessions were placed one after the other; given up if they cannot be.</summary>
    private void TryAdd()
    {
        var everybody = Patients.SelectMany(x => x.Sessions).ToList();
        var time = Time(everybody, down: false);
        var visit = _random.Next(5) == 0;
        var pattern = visit ? null : AnyPattern();
        var machine = _machines[_random.Next(_machines.Count)];
        var room = _random.Next(2) == 0 ? _resources.First(x => x.Kind == "room").Id : Guid.Empty;
        List<RepairSession> sessions = [];
        var day = Today.AddDays(_random.Next(-10, 15));
        if (pattern?.Planning is { } planning)
        {
            var other = _resources.Last(x => x.Kind == "room").Id;
            if (!Add(day, other, planning.Minutes, Phases.Planning, []))
            {
                return;
            }

            for (var work = 0; work < planning.MinWorkingDays || !time.IsWorkingDay(day); work += time.IsWorkingDay(day) ? 1 : 0)
            {
                day = day.AddDays(1);
            }
        }

        var others = room == Guid.Empty ? Array.Empty<Guid>() : [room];
        for (var tries = 0; sessions.Count(x => x.Phase != Phases.Planning) < (pattern?.Sessions ?? 1); day = day.AddDays(1))
        {
            if (++tries > 150)
            {
                return;
            }

            if (!time.IsWorkingDay(day))
            {
                continue;
            }

            for (var again = pattern?.Cadence == Cadence.TwiceDaily ? 2 : 1; again > 0 && sessions.Count(x => x.Phase != Phases.Planning) < (pattern?.Sessions ?? 1); again--)
            {
                Add(day, machine, pattern?.MinutesOf(sessions.Count(x => x.Phase != Phases.Planning) + 1) ?? 30, visit ? Phases.Visit : Phases.Fraction, others);
            }
        }

        if (pattern is null || CourseRules.Check(pattern, Fractions(sessions), Zone, time.IsWorkingDay, time.AreMatched).Count == 0)
        {
            Patients.Add((NextId(), pattern, sessions));
        }

        bool Add(DateOnly on, Guid resource, int minutes, string phase, Guid[] more)
        {
            foreach (var start in time.Starts(resource, on, minutes, false).OrderBy(_ => _random.Next()).ToList())
            {
                var wanted = new Interval(start, start.AddMinutes(minutes));
                var last = sessions.Count == 0 ? (DateTimeOffset?)null : sessions[^1].Time.Start;
                var days = last is null ? 0 : on.DayNumber - LocalTime.DateOf(last.Value, Zone).DayNumber;
                if (phase == Phases.Fraction && sessions.Count > 0 && sessions[^1].Phase == Phases.Fraction
                    && ((start - last!.Value).TotalHours < pattern!.MinHoursBetween || (pattern.Cadence == Cadence.AlternateDays && days < 2) || (pattern.Cadence == Cadence.Cycle && days < pattern.CycleMinDays)))
                {
                    continue;
                }

                if (more.All(x => time.IsFree(x, wanted, false)))
                {
                    sessions.Add(new RepairSession(
                        NextId(), sessions.Count + 1, phase, wanted, [resource, .. more], start < Now ? Session.Delivered : Session.Booked, 0, false));
                    foreach (var x in sessions[^1].Resources)
                    {
                        time.Take(x, wanted);
                    }

                    return true;
                }
            }

            return false;
        }
    }

    private void Fail()
    {
        Down = _random.Next(6) == 0 ? _resources.Last(x => x.Kind == "room").Id : _machines[_random.Next(_machines.Count)];
        var from = At(Today.AddDays(_random.Next(-1, 12)), 6 + _random.Next(6), 0);
        Outage = new Interval(from, from.AddHours(new[] { 4, 10, 24, 72, 24 * 7, 24 * 60 }[_random.Next(6)]));

        // Some patients did not come to a session of yesterday or before: one more is owed.
        foreach (var patient in Patients.Where(x => x.Pattern is not null && _random.Next(6) == 0))
        {
            if (patient.Sessions.FindIndex(x => x.State == Session.Delivered && x.Phase == Phases.Fraction) is >= 0 and var i)
            {
                var missed = patient.Sessions[i];
                patient.Sessions[i] = missed with { Id = NextId(), Number = patient.Sessions.Max(x => x.Number) + 1, State = Session.Missed, MakesUpFor = missed.Id };
            }
        }
    }

    private Guid NextId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
