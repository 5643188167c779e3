using System.Globalization;
using MedTourism.Booking.Offers;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>
/// Says which rule, or whose closing or block, keeps a start from being sold: a stable code with its parameters and an English sentence. Times of other
/// people's holds and bookings are told only as far as they lie within the wanted time, and nothing else of them.
/// </summary>
public static class ExplainRefusal
{
    private const int Most = 12;

    /// <remarks><c>code</c>: <c>past</c>, <c>lead-time</c>, <c>horizon</c>, <c>no-resource</c>, <c>resource-closed</c>, <c>holiday</c>, <c>closed</c>,
    /// <c>closed-hours</c>, <c>not-a-start</c>, <c>held</c>, <c>booked</c>, <c>blocked</c> or <c>allotted</c>. <c>resource</c>: The name of the machine,
    /// room or doctor; null for a rule of the market. <c>kind</c>: What the treatment needs it as. <c>reason</c>: The center's own word for its closing
    /// or block, or the holiday's name. <c>limit</c>: Minutes for <c>lead-time</c> and <c>not-a-start</c> (the step), days for <c>horizon</c>.</remarks>
    public sealed record Reason(
        string Code, string Message, string? Resource = null, string? Kind = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
        [property: System.Text.Json.Serialization.JsonPropertyName("reason")] string? Because = null, int? Limit = null);

    /// <summary>For who asks without a transaction.</summary>
    public static async Task<List<Reason>> WhyAsync(
        NpgsqlDataSource database, OfferTerms offer, DateTimeOffset start, DateTimeOffset now, bool taken, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(offer);
        var length = TimeSpan.FromMinutes(offer.DurationMinutes);
        var time = new Interval(start, start > DateTimeOffset.MaxValue - length ? DateTimeOffset.MaxValue : start + length);
        if (!taken && Rule(time, now) is { } rule)
        {
            return [rule];
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        return taken ? await TakenAsync(connection, offer, time, ct) : await NotOfferedAsync(connection, offer, time, now, ct);
    }

    /// <summary>Why a start is not offered to anybody. Never empty for a start that is not.</summary>
    public static async Task<List<Reason>> NotOfferedAsync(
        NpgsqlConnection connection, OfferTerms offer, Interval time, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (Rule(time, now) is { } rule)
        {
            return [rule];
        }

        var facts = await RefusalFacts.LoadAsync(connection, offer, time, ct);
        var reasons = new List<Reason>();
        foreach (var kind in offer.ResourceKinds.Distinct())
        {
            var units = facts.Units.FindAll(x => x.Kind == kind);
            if (units.Count == 0)
            {
                reasons.Add(new("no-resource", $"The center has no {kind}.", Kind: kind));
            }

            var closed = units.ConvertAll(x => Closed(x, facts, time));
            if (closed.TrueForAll(x => x is not null))
            {
                reasons.AddRange(closed.Select(x => x!));
            }
        }

        var step = facts.Units.Where(x => x.Kind == offer.ResourceKinds[0]).Select(x => x.SlotMinutes > 0 ? x.SlotMinutes : offer.DurationMinutes).DefaultIfEmpty().First();
        return reasons.Count > 0 ? [.. reasons.Distinct().Take(Most)]
            : [new("not-a-start", $"Starts are offered every {step} minutes from opening; this is between two of them.", Limit: step)];
    }

    /// <summary>What stands in a time that is offered but taken. Empty if it has become free meanwhile.</summary>
    public static async Task<List<Reason>> TakenAsync(NpgsqlConnection connection, OfferTerms offer, Interval time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var facts = await RefusalFacts.LoadAsync(connection, offer, time, ct);
        var taken = (await RefusalFacts.LoadTakenAsync(connection, offer, time, ct)).ToLookup(x => x.ResourceId);
        var reasons = new List<Reason>();
        foreach (var kind in facts.Units.GroupBy(x => x.Kind))
        {
            var why = kind.Select(unit => Closed(unit, facts, time) is { } closed ? [closed] : taken[unit.Id].Select(x => Taken(unit, x, time)).ToList()).ToList();
            reasons.AddRange(why.TrueForAll(x => x.Count > 0) ? why.SelectMany(x => x) : []);
        }

        return [.. reasons.Distinct().Take(Most)];
    }

    private static Reason? Rule(Interval time, DateTimeOffset now) =>
        time.Start <= now ? new("past", "This start is past.")
        : time.Start < now + FindStarts.LeadTime
            ? new("lead-time", $"A center needs {FindStarts.LeadTime.TotalHours} hours to expect a patient.", Limit: (int)FindStarts.LeadTime.TotalMinutes)
        : time.Start > now + FindStarts.Horizon
            ? new("horizon", $"Nothing is sold more than {FindStarts.Horizon.TotalDays} days ahead.", Limit: (int)FindStarts.Horizon.TotalDays)
        : null;

    private static Reason? Closed(RefusalFacts.Unit unit, RefusalFacts facts, Interval time)
    {
        if (unit.Status != Resources.Resource.Open)
        {
            return new("resource-closed", $"{unit.Name} is not in operation.", unit.Name, unit.Kind, Because: unit.Status);
        }

        if (Intervals.Cover(unit.Calendar.Open(facts.Holidays.Keys.ToHashSet(), time.Start, time.End), time))
        {
            return null;
        }

        if (unit.Closings.Find(x => x.Time.Overlaps(time)) is { } closing)
        {
            var (from, to) = (closing.Time.Start, closing.Time.End);
            return new("closed", $"{unit.Name} is closed {Span(from, to, unit)}{(closing.Reason is null ? string.Empty : $": {closing.Reason}")}.",
                unit.Name, unit.Kind, from, to, closing.Reason);
        }

        var zone = unit.Calendar.Zone;
        foreach (var day in new[] { LocalTime.DateOf(time.Start, zone), LocalTime.DateOf(time.End.AddTicks(-1), zone) }.Distinct())
        {
            if (facts.Holidays.TryGetValue(day, out var name))
            {
                var (from, to) = (LocalTime.Opening(day, TimeOnly.MinValue, zone), LocalTime.Opening(day.AddDays(1), TimeOnly.MinValue, zone));
                return new("holiday", $"{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} is a public holiday: {name}.", null, null, from, to, name);
            }
        }

        // The opening of that day, if there is one, helps to choose another start.
        var open = unit.Calendar.Stretches(time.Start, time.End).FirstOrDefault(x => x.Overlaps(time) || LocalTime.DateOf(x.Start, zone) == LocalTime.DateOf(time.Start, zone));
        return open.End > open.Start
            ? new("closed-hours", $"{unit.Name} is open {Span(open.Start, open.End, unit)} that day.", unit.Name, unit.Kind, open.Start, open.End)
            : new("closed-hours", $"{unit.Name} is closed that day.", unit.Name, unit.Kind);
    }

    private static Reason Taken(RefusalFacts.Unit unit, RefusalFacts.Taken taken, Interval time)
    {
        var (from, to) = (taken.Time.Start, taken.Time.End);
        if (taken.State == "blocked")
        {
            return new("blocked", $"{unit.Name} is blocked {Span(from, to, unit)}: {taken.Reason}.", unit.Name, unit.Kind, from, to, taken.Reason);
        }

        var message = taken.State == "held" ? $"{unit.Name} is held by someone who may still let it go." : $"{unit.Name} is taken.";
        return new(taken.State, message, unit.Name, unit.Kind, from > time.Start ? from : time.Start, to < time.End ? to : time.End);
    }

    private static string Span(DateTimeOffset from, DateTimeOffset to, RefusalFacts.Unit unit)
    {
        var (first, last) = (TimeZoneInfo.ConvertTime(from, unit.Calendar.Zone), TimeZoneInfo.ConvertTime(to, unit.Calendar.Zone));
        var format = first.Date == last.Date ? "HH:mm" : "yyyy-MM-dd HH:mm";
        return $"{first.ToString(format, CultureInfo.InvariantCulture)}–{last.ToString(format, CultureInfo.InvariantCulture)}";
    }
}
