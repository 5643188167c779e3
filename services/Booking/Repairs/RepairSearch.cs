using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Repairs;

/// <summary>A session in its place, old or new.</summary>
internal sealed record Spot(RepairSession Session, Interval Time, IReadOnlyList<Guid> Resources, bool Extra, string How)
{
    public static Spot Kept(RepairSession session) => new(session, session.Time, session.Resources, session.Extra, string.Empty);
}

/// <summary>
/// Finds new places for one patient's lost sessions: only for them if that is enough, otherwise for all from the first lost one on. Candidates are tried
/// from the smallest change to the largest, depth first, within a fixed number of steps, so that the answer is the same every time.
/// </summary>
internal sealed class RepairSearch(RepairTime time, RepairCase patient, RepairStyle style, DateTimeOffset notBefore)
{
    private const int MostChecks = 500;
    private const int PerDay = 4;

    private readonly RepairDays _days = new(time, patient, style, notBefore, PerDay);
    private readonly RepairRules _rules = new(time, patient);
    private int _checks;

    /// <summary>Every session with its place, or null. What the patient's own sessions take counts as free while this runs.</summary>
    public List<Spot>? Find()
    {
        var lost = patient.Sessions.Where(x => patient.Lost.Contains(x.Id)).OrderBy(x => x.Phase == Phases.Planning ? 0 : 1).ThenBy(x => x.Time.Start).ThenBy(x => x.Number).ToList();
        var kept = patient.Sessions.Where(x => !patient.Lost.Contains(x.Id)).Select(Spot.Kept).ToList();
        if (patient.Pattern is null)
        {
            return Place(kept, lost, 0, _days.ForVisit, _rules.KeepVisits);
        }

        return Course(kept, lost) ?? (_rules.Forgive() ? Course(kept, lost) : null);
    }

    /// <summary>The rules that stood in the way most often.</summary>
    public IEnumerable<RepairRefusal> Reasons() => _rules.Reasons();

    private List<Spot>? Course(List<Spot> kept, List<RepairSession> lost)
    {
        // What comes at the end mends no gap in the middle.
        if (style.AtEnd && !_rules.KeepAtEnd(kept))
        {
            return null;
        }

        _checks = 0;
        if (Place(kept, lost, 0, _days.ForLost, _rules.KeepCourse) is { } found)
        {
            return found;
        }

        // Everything from the first lost one on may move: a longer first session, cycles and breaks between sessions can ask for it.
        var from = lost.Find(x => x.Phase == Phases.Fraction)?.Time.Start ?? DateTimeOffset.MinValue;
        var moving = patient.Sessions
            .Where(x => patient.Lost.Contains(x.Id) || (x.Phase == Phases.Fraction && x.Time.Start >= from && x.Time.Start >= notBefore && x.State is Session.Booked or Session.Proposed))
            .OrderBy(x => x.Phase == Phases.Planning ? 0 : 1).ThenBy(x => x.Time.Start).ThenBy(x => x.Number).ToList();
        if (style.AtEnd || moving.Count == lost.Count)
        {
            return null;
        }

        foreach (var session in moving)
        {
            Own(session, time.Give);
        }

        _checks = 0;
        var staying = kept.Where(x => !moving.Contains(x.Session)).ToList();
        var shifted = Place(staying, moving, 0, _days.ForTail, _rules.KeepPrefix);
        foreach (var session in moving)
        {
            Own(session, time.Take);
        }

        return shifted;
    }

    private List<Spot>? Place(
        List<Spot> placed, List<RepairSession> left, int next, Func<List<Spot>, RepairSession, IEnumerable<Spot>> candidates, Func<List<Spot>, bool, bool> keeps)
    {
        if (next == left.Count)
        {
            return keeps(placed, true) ? placed : null;
        }

        foreach (var candidate in candidates(placed, left[next]))
        {
            if (++_checks > MostChecks)
            {
                return null;
            }

            List<Spot> more = [.. placed, candidate];
            if (keeps(more, false) && Place(more, left, next + 1, candidates, keeps) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static void Own(RepairSession session, Action<Guid, Interval> change)
    {
        if (session.State is not Session.Missed)
        {
            foreach (var resource in session.Resources)
            {
                change(resource, session.Time);
            }
        }
    }
}
