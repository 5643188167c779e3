using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Stays;

/// <summary>One stay in the country. The days of arrival and of departure both count.</summary>
public sealed record Trip(DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber + 1;
}

/// <summary>
/// What the entry rules on file say about some trips. <see cref="NeedsVisa"/> is <c>yes</c>, <c>no</c> or <c>unknown</c>; <see cref="AllowedDays"/> is
/// for one visit and <see cref="DaysInWindow"/> the most days in any <see cref="WindowDays"/>; <see cref="DaysLeft"/> is how much longer the stay could
/// be; <see cref="ApplyBy"/> the last day to ask for the invitation. <see cref="Passport"/> is <c>unknown</c>, <c>enough</c>, <c>short</c> or <c>expires</c>.
/// </summary>
public sealed record StayResult(
    string Citizenship,
    IReadOnlyList<Trip> Trips,
    string NeedsVisa,
    int NeededDays,
    int LongestVisitDays,
    int? AllowedDays,
    int? DaysInWindow,
    int? MaxInWindow,
    int? WindowDays,
    int? DaysLeft,
    DateOnly? ApplyBy,
    string Passport,
    EntryPeriod? Rule,
    IReadOnlyList<StayNote> Notes);

/// <summary>
/// Compares days in the country with what the entry rules allow. Pure: repair, the planner and the pages all ask here. It informs, it never decides:
/// nobody is refused a booking by it.
/// </summary>
public static class StayCheck
{
    public const string Yes = "yes";
    public const string No = "no";
    public const string Unknown = "unknown";

    /// <summary>Days to keep free for a delayed flight or a moved session. Our suggestion, no rule.</summary>
    public const int BufferDays = 3;

    /// <summary>An invitation is asked for at the latest so many days before entry [invite2016].</summary>
    private const int InvitationDays = 14;

    /// <summary>For an electronic visa the passport is valid so much longer than the visa [evisaLondon].</summary>
    private const int PassportMonths = 3;

    private const string Home = "KZ";

    /// <summary>One plan from its first to its last day.</summary>
    public static StayResult Of(string citizenship, EntryRules? rules, DateOnly firstDay, DateOnly lastDay, DateOnly today) =>
        Of(citizenship, rules, [new Trip(firstDay, lastDay)], today);

    /// <param name="citizenship">ISO 3166-1 alpha-2.</param>
    /// <param name="rules">What is on file for that country, or null.</param>
    /// <param name="trips">At least one; a trip ends on or after the day it begins.</param>
    /// <param name="today">Decides whether it is too late to apply.</param>
    /// <param name="passportUntil">The passport's last day, or null if it was not told.</param>
    public static StayResult Of(string citizenship, EntryRules? rules, IReadOnlyList<Trip> trips, DateOnly today, DateOnly? passportUntil = null)
    {
        ArgumentNullException.ThrowIfNull(citizenship);
        ArgumentNullException.ThrowIfNull(trips);
        var visits = Visits(trips);
        var (needed, longest) = (visits.Sum(visit => visit.Days), visits.Max(visit => visit.Days));
        var passport = Passport(visits[^1].To, passportUntil);
        var result = new StayResult(
            citizenship.ToUpperInvariant(), [.. trips.OrderBy(trip => trip.From)], Unknown, needed, longest, null, null, null, null, null, null, passport, null, []);
        if (result.Citizenship == Home)
        {
            return result with { NeedsVisa = No, Notes = [StayNotes.Citizen] };
        }

        var on = visits.ConvertAll(visit => (Arrival: rules?.On(visit.From), Departure: rules?.On(visit.To)));
        if (on.Exists(rule => rule.Arrival is null))
        {
            return result with { Notes = [StayNotes.NothingOnFile, .. PassportNotes(passport, visits[^1].To), StayNotes.AskConsulate] };
        }

        // The strictest of the rules that apply on arrival: a visit lives under the rule it began with.
        var rule = on.Select(x => x.Arrival!).MinBy(period => period.VisaFreeDays)!;
        var inWindow = MostInWindow(visits, rule.WindowDays);
        var left = Math.Min(rule.VisaFreeDays - longest, rule.MaxInWindow - inWindow);
        var needsVisa = left < 0;
        var applyBy = needsVisa ? visits[0].From.AddDays(-InvitationDays) : (DateOnly?)null;
        List<StayNote> notes = [];
        Add(rule.VisaFreeDays < longest && rule.VisaFreeDays > 0, new StayNote(
            "visit-too-long", $"{longest} days in one visit; {rule.VisaFreeDays} are free of a visa.", SourceOf(rule), new() { ["days"] = longest, ["allowed"] = rule.VisaFreeDays }));
        Add(rule.VisaFreeDays == 0, new StayNote("visa-always", "Citizens of this country need a visa for every stay.", SourceOf(rule)));
        Add(rule.VisaFreeDays > 0 && rule.MaxInWindow < inWindow, new StayNote(
            "window-too-full", $"{inWindow} days within {rule.WindowDays}; {rule.MaxInWindow} are free of a visa.", SourceOf(rule),
            new() { ["days"] = inWindow, ["allowed"] = rule.MaxInWindow, ["window"] = rule.WindowDays }));
        Add(needsVisa && rule.VisaFreeDays > 0, StayNotes.Reentry);
        Add(!needsVisa && left < BufferDays, new StayNote(
            "buffer-short", $"{left} free days are left for delays; {BufferDays} are our suggestion.", null, new() { ["days"] = left, ["suggested"] = BufferDays }));
        Add(on.Exists(x => x.Departure != x.Arrival), new StayNote("rule-changes-during-stay", "The rule on file changes during the stay.", SourceOf(rule)));
        Add(rule.Source is null, new StayNote("rule-unconfirmed", "This rule is general knowledge; no public source was found for it.", null));
        Add(!needsVisa && rule.Via == "unilateral", StayNotes.Purpose);
        Add(applyBy is not null, new StayNote(
            "invitation-two-weeks", "The invitation is asked for two weeks to one year before entry and decided in five working days; the visa follows it.",
            StayNotes.Invite2016, new() { ["applyBy"] = applyBy ?? default }));
        Add(applyBy < today, new StayNote("apply-by-past", "The last day to ask for an invitation for this arrival is past.", StayNotes.Invite2016));
        AddAll(needsVisa, [StayNotes.EvisaMedical, StayNotes.EvisaInvitation, StayNotes.EvisaAirports, StayNotes.BlankPages, StayNotes.CompanionOwnCase]);
        Add(needsVisa && visits.Count > 1, StayNotes.EvisaEachEntry);
        AddAll(true, PassportNotes(passport, visits[^1].To));
        Add(longest > 30, StayNotes.ResidencePermit);
        AddAll(true, [StayNotes.ArrivalNotice, StayNotes.AskConsulate]);
        return result with
        {
            NeedsVisa = needsVisa ? Yes : No,
            AllowedDays = rule.VisaFreeDays,
            DaysInWindow = inWindow,
            MaxInWindow = rule.MaxInWindow,
            WindowDays = rule.WindowDays,
            DaysLeft = Math.Max(0, left),
            ApplyBy = applyBy,
            Rule = rule,
            Notes = notes,
        };

        void Add(bool applies, StayNote note)
        {
            if (applies)
            {
                notes.Add(note);
            }
        }

        void AddAll(bool apply, IEnumerable<StayNote> some) => notes.AddRange(apply ? some : []);
    }

    /// <summary>Trips that overlap, or follow each other by a day or less, are one visit: leaving for a night starts nothing anew.</summary>
    private static List<Trip> Visits(IEnumerable<Trip> trips)
    {
        List<Trip> visits = [];
        foreach (var trip in trips.OrderBy(trip => trip.From).ThenBy(trip => trip.To))
        {
            if (visits.Count > 0 && trip.From.DayNumber <= visits[^1].To.DayNumber + 1)
            {
                visits[^1] = visits[^1] with { To = trip.To > visits[^1].To ? trip.To : visits[^1].To };
            }
            else
            {
                visits.Add(trip);
            }
        }

        return visits;
    }

    /// <summary>The most days of presence in any stretch of so many days; one that ends with a departure is always among the fullest.</summary>
    private static int MostInWindow(List<Trip> visits, int window) => visits.Max(last =>
    {
        var first = last.To.AddDays(1 - window);
        return visits.Where(visit => visit.From <= last.To && visit.To >= first)
            .Sum(visit => Math.Min(visit.To.DayNumber, last.To.DayNumber) - Math.Max(visit.From.DayNumber, first.DayNumber) + 1);
    });

    private static string Passport(DateOnly departure, DateOnly? until) =>
        until is null ? Unknown : until < departure ? "expires" : until < departure.AddMonths(PassportMonths) ? "short" : "enough";

    private static IEnumerable<StayNote> PassportNotes(string passport, DateOnly departure) => passport switch
    {
        "expires" => [new StayNote("passport-expires", "The passport expires before the stay ends.", null)],
        "short" => [new StayNote(
            "passport-short", $"For an electronic visa the passport must be valid for {PassportMonths} months beyond the visa.", StayNotes.EvisaLondon,
            new() { ["until"] = departure.AddMonths(PassportMonths) })],
        _ => [],
    };

    private static StaySource? SourceOf(EntryPeriod rule) => rule.Source is null ? null : new StaySource(rule.Source, rule.SourceUrl ?? string.Empty, string.Empty);
}
