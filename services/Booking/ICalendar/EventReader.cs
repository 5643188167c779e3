using System.Globalization;

namespace MedTourism.Booking.ICalendar;

/// <summary>
/// Turns events into the times they take. Free are: transparent and cancelled ones, and the exceptions of a recurrence. Busy are: tentative ones, all-day
/// ones from midnight to midnight of the clinic's clock, and what cannot be read for certain, which is noted.
/// </summary>
internal sealed class EventReader(EventClock clock, DateTimeOffset from, DateTimeOffset to, StepBudget steps, Action<string, string> note)
{
    private readonly Dictionary<(string Uid, string Instance), BusyTime> _times = [];

    public IReadOnlyList<BusyTime> Times => [.. _times.Values];

    /// <summary>All events of one UID: usually one, with its moved or cancelled recurrences.</summary>
    public void AddSeries(string uid, List<CalendarComponent> events)
    {
        var overrides = new Dictionary<string, (PlacedEvent Moved, CalendarComponent Event)>(StringComparer.Ordinal);
        var ranges = new List<Shift>();
        foreach (var moved in events.Where(x => x.Line("RECURRENCE-ID") is not null).OrderBy(Sequence))
        {
            if (clock.Place(moved) is { } place && clock.Original(moved) is { } original)
            {
                overrides[original.Key] = (place, moved);
                if (moved.Line("RECURRENCE-ID")!.Parameter("RANGE") == "THISANDFUTURE" && (place.Start - original.At).Duration() < CalendarDuration.Longest)
                {
                    ranges.Add(new Shift(original.At, place.Start - original.At, place.End - place.Start, IsFree(moved)));
                }
            }
            else
            {
                note("start-unreadable", uid);
            }
        }

        var masters = events.FindAll(x => x.Line("RECURRENCE-ID") is null);
        var newest = masters.Count > 0 ? masters.Max(Sequence) : 0;
        foreach (var master in masters.Where(x => Sequence(x) == newest))
        {
            if (clock.Place(master) is { } place)
            {
                AddMaster(uid, master, place, overrides, ranges);
            }
            else
            {
                note("start-unreadable", uid);
            }
        }

        foreach (var (key, (place, moved)) in overrides)
        {
            if (!IsFree(moved))
            {
                Add(uid, key, place.Start, place.End, place.Doubt);
            }
        }
    }

    /// <summary>Busy times without events, as servers tell them that keep events to themselves.</summary>
    public void AddFreeBusy(string uid, CalendarComponent list)
    {
        foreach (var line in list.Lines.Where(line => line.Name == "FREEBUSY" && line.Parameter("FBTYPE")?.ToUpperInvariant() != "FREE"))
        {
            foreach (var text in line.Value.Split(','))
            {
                if (clock.Period(text, clock.Utc, false) is { } period)
                {
                    Add(uid, CalendarText.Utc(period.Start), period.Start, period.End, null);
                }
                else
                {
                    note("start-unreadable", uid);
                }
            }
        }
    }

    private void AddMaster(
        string uid, CalendarComponent master, PlacedEvent place, Dictionary<string, (PlacedEvent Moved, CalendarComponent Event)> overrides, List<Shift> ranges)
    {
        if (IsFree(master))
        {
            return;
        }

        if (!master.Lines.Exists(line => line.Name is "RRULE" or "RDATE"))
        {
            if (!overrides.ContainsKey(place.Key))
            {
                Add(uid, string.Empty, place.Start, place.End, place.Doubt);
            }

            return;
        }

        var left = master.Lines.Where(line => line.Name == "EXDATE").SelectMany(clock.Moments).Select(x => x.Key).ToHashSet(StringComparer.Ordinal);
        left.UnionWith(overrides.Keys);
        foreach (var (key, start, end, doubt) in Occurrences(uid, master, place))
        {
            if (!left.Add(key))
            {
                continue;
            }

            var shift = ranges.Where(range => range.From <= start).MaxBy(range => range.From);
            if (shift is null)
            {
                Add(uid, key, start, end, doubt);
            }
            else if (!shift.IsFree)
            {
                Add(uid, key, start + shift.By, start + shift.By + shift.Length, doubt);
            }
        }
    }

    /// <summary>The start itself, the rule's moments and the listed ones.</summary>
    private IEnumerable<(string Key, DateTimeOffset Start, DateTimeOffset End, string? Doubt)> Occurrences(string uid, CalendarComponent master, PlacedEvent place)
    {
        var rules = master.Lines.Where(line => line.Name == "RRULE").Select(line => RecurrenceRule.TryParse(line.Value)).ToList();
        var readable = !rules.Contains(null);
        if (!readable)
        {
            note("rule-unreadable", uid);
        }

        yield return (place.Key, place.Start, place.End, readable ? place.Doubt : "rule-unreadable");
        foreach (var line in master.Lines.Where(line => line.Name == "RDATE"))
        {
            var zone = clock.ZoneOf(line);
            foreach (var text in line.Value.Split(','))
            {
                if (clock.Period(text, zone, place.Moment.IsDate) is { } period)
                {
                    yield return (period.Key, period.Start, period.End > period.Start ? period.End : period.Start + (place.End - place.Start), place.Doubt);
                }
            }
        }

        foreach (var rule in rules.OfType<RecurrenceRule>())
        {
            using var moments = RuleMoments(rule, place).GetEnumerator();
            while (Next(moments, uid))
            {
                var moment = place.Moment with { Local = moments.Current };
                yield return (EventClock.Key(moment, place.Zone), place.StartAt(moment.Local), place.EndFrom(moment.Local), place.Doubt);
            }
        }
    }

    private IEnumerable<DateTime> RuleMoments(RecurrenceRule rule, PlacedEvent place)
    {
        // UNTIL is told in UTC; the rule is walked on the event's own clock.
        var until = rule.Until is { IsUtc: true } last && !place.Moment.IsUtc
            ? last with { Local = place.Zone.ToLocal(new DateTimeOffset(last.Local, TimeSpan.Zero)), IsUtc = false }
            : rule.Until;
        var first = place.Zone.ToLocal(from) - (place.End - place.Start) - TimeSpan.FromDays(2);
        return Recurrence.Between(rule with { Until = until }, place.Moment, first, place.Zone.ToLocal(to).AddDays(2), steps.OfRule());
    }

    private bool Next(IEnumerator<DateTime> moments, string uid)
    {
        try
        {
            return moments.MoveNext();
        }
        catch (CalendarRefusedException refused) when (refused.Code == "rule-too-long")
        {
            note(refused.Code, uid);
            return false;
        }
    }

    private void Add(string uid, string instance, DateTimeOffset start, DateTimeOffset end, string? doubt)
    {
        if (end <= start || end <= from || start >= to)
        {
            return;
        }

        // Some programs give all their events one UID: then the start tells them apart.
        var time = new BusyTime(uid, instance, start, end, doubt);
        if (_times.TryGetValue((uid, instance), out var known) && known != time)
        {
            time = time with { Instance = $"{instance}@{CalendarText.Utc(start)}" };
            time = _times.TryGetValue((uid, time.Instance), out known) && known.End > end ? known : time;
        }

        _times[(uid, time.Instance)] = time;
        if (_times.Count > CalendarLimits.Times)
        {
            throw new CalendarRefusedException("too-many-times", $"The calendar has more than {CalendarLimits.Times} busy times within the horizon.", CalendarLimits.Times);
        }
    }

    private static bool IsFree(CalendarComponent part) =>
        part.Value("TRANSP")?.ToUpperInvariant() == "TRANSPARENT" || part.Value("STATUS")?.ToUpperInvariant() == "CANCELLED";

    private static int Sequence(CalendarComponent part) =>
        int.TryParse(part.Value("SEQUENCE"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;

    private sealed record Shift(DateTimeOffset From, TimeSpan By, TimeSpan Length, bool IsFree);
}
