using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Trips;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Whether a patient's places keep the rules of the pattern. A rule that the course broke before anything failed (a holiday declared later, a clinician's
/// choice) does not count against the repair; every other one does.
/// </summary>
internal sealed class RepairRules
{
    // Rules that sessions still to be placed can mend.
    private static readonly HashSet<string> Mendable = ["session-count", "gap", "sessions-per-week", "start-block", "cycle-days"];

    private readonly RepairTime _time;
    private readonly RepairCase _patient;
    private readonly HashSet<(string Rule, int Session)> _known;
    private readonly Dictionary<string, (int Count, RuleBreach First)> _broken = new(StringComparer.Ordinal);

    public RepairRules(RepairTime time, RepairCase patient)
    {
        (_time, _patient) = (time, patient);
        _known = [.. Breaches([.. patient.Sessions.Select(Spot.Kept)]).Select(Key)];
    }

    /// <summary>A patient who missed a session left a gap that no repair can undo: then what it broke counts as known. False if nothing was missed.</summary>
    public bool Forgive()
    {
        if (!_patient.Sessions.Any(x => x.State == Session.Missed))
        {
            return false;
        }

        _known.UnionWith(Breaches([.. _patient.Sessions.Where(x => x.State != Session.Missed).Select(Spot.Kept)]).Where(x => x.Rule is "gap" or "sessions-per-week" or "start-block").Select(Key));
        return true;
    }

    public bool KeepVisits(List<Spot> spots, bool complete)
    {
        var order = spots.OrderBy(x => x.Time.Start).ToList();
        return Enumerable.Range(1, Math.Max(0, order.Count - 1)).All(i => order[i - 1].Time.End <= order[i].Time.Start)
            && (!complete || order.Select(x => x.Session.Number).SequenceEqual(order.Select(x => x.Session.Number).Order()))
            && Keep(spots, complete, []);
    }

    public bool KeepCourse(List<Spot> spots, bool complete) => Keep(spots, complete, complete ? [] : Mendable);

    /// <summary>For courses to which sessions are only appended: they mend the count, and a length or a delay that counts from the first.</summary>
    public bool KeepAtEnd(List<Spot> spots) => Keep(spots, false, ["session-count", "session-length", "planning-delay", "start-weekday", "machine"]);

    /// <summary>For courses built from the front: only what comes later can still mend the count and the weeks.</summary>
    public bool KeepPrefix(List<Spot> spots, bool complete) => Keep(spots, complete, complete ? [] : ["session-count", "sessions-per-week"]);

    public IEnumerable<RepairRefusal> Reasons() => _broken.OrderByDescending(x => x.Value.Count).ThenBy(x => x.Key, StringComparer.Ordinal).Take(3)
        .Select(x => new RepairRefusal("rule", x.Value.First.Session, x.Key, x.Value.First.Found, x.Value.First.Limit));

    private bool Keep(List<Spot> spots, bool complete, HashSet<string> mendable)
    {
        foreach (var breach in Breaches(spots, complete))
        {
            if (!_known.Contains(Key(breach)) && !mendable.Contains(breach.Rule))
            {
                _broken[breach.Rule] = _broken.TryGetValue(breach.Rule, out var known) ? (known.Count + 1, known.First) : (1, breach);
                return false;
            }
        }

        return true;
    }

    private List<RuleBreach> Breaches(List<Spot> spots, bool complete = true)
    {
        if (_patient.Trips is { } trips)
        {
            return TripRules.Check(trips, spots.Select(x => (x.Session.Number, x.Session.Phase, x.Time)), _time.Zone);
        }

        if (_patient.Pattern is not { } pattern)
        {
            return [];
        }

        var fractions = spots.Where(x => x.Session.Phase == Phases.Fraction).OrderBy(x => x.Time.Start).ThenBy(x => x.Session.Number)
            .Select(x => new PlannedSession(x.Session.Number, x.Session.Phase, x.Time, x.Resources[0], x.Extra)).ToList();
        var breaches = CourseRules.Check(pattern, fractions, _time.Zone, _time.IsWorkingDay, _time.AreMatched);
        if (pattern.Planning is { } planning && fractions.Count > 0 && spots.FindLast(x => x.Session.Phase == Phases.Planning) is { } visit)
        {
            var (from, to) = (LocalTime.DateOf(visit.Time.Start, _time.Zone), LocalTime.DateOf(fractions[0].Time.Start, _time.Zone));
            var days = from < to ? _time.Facts.WorkingDaysBetween(from, to) : 0;
            if (days < planning.MinWorkingDays || from > to || visit.Time.End > fractions[0].Time.Start)
            {
                breaches.Add(new("planning-delay", visit.Session.Number, from, days, planning.MinWorkingDays));
            }
            else if (complete && planning.MaxWorkingDays > 0 && days > planning.MaxWorkingDays)
            {
                breaches.Add(new("planning-delay", visit.Session.Number, from, days, planning.MaxWorkingDays));
            }
        }

        return breaches;
    }

    private static (string Rule, int Session) Key(RuleBreach breach) => (breach.Rule, breach.Rule is "sessions-per-week" ? breach.Date.DayNumber : breach.Session);
}
