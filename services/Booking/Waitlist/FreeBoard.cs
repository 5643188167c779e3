using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Tracers;

namespace MedTourism.Booking.Waitlist;

/// <summary>The free starts of a center's waited-for offers within some times, read once and again after each change.</summary>
internal sealed class FreeBoard
{
    private readonly Dictionary<Guid, OfferTerms> _terms;
    private readonly Calendars _calendars;
    private readonly List<Interval> _times;
    private readonly Interval _window;
    private readonly DateTimeOffset _notBefore;
    private readonly Dictionary<Guid, List<Interval>> _starts = [];
    private Dictionary<Guid, List<Interval>> _busy = [];
    private TracerRoom _tracers = new();

    private FreeBoard(Dictionary<Guid, OfferTerms> terms, Calendars calendars, List<Interval> times, Interval window, DateTimeOffset notBefore) =>
        (_terms, _calendars, _times, _window, _notBefore) = (terms, calendars, times, window, notBefore);

    /// <remarks><c>times</c>: Merged; starts that touch none of them are not looked at.</remarks>
    public static async Task<FreeBoard> LoadAsync(
        BookingDb db, IReadOnlyCollection<WaitlistEntry> entries, List<Interval> times, DateTimeOffset now, CancellationToken ct)
    {
        var options = FreedTime.Options(db);
        var sold = await OfferTerms.SoldAsync(db, [.. entries.Select(x => x.OfferId).Distinct()], ct);
        var terms = sold.Where(x => x.IsInstant).ToDictionary(x => x.OfferId);

        // Sooner than this an offer could not be answered before the center must know.
        var notBefore = now.AddMinutes(options.WaitlistNoticeMinutes + options.WaitlistLeastMinutes);
        var longest = TimeSpan.FromMinutes(terms.Values.Select(x => x.DurationMinutes).DefaultIfEmpty().Max());
        var from = Later(times[0].Start, Later(notBefore, entries.Min(x => x.FromAt)));
        var to = Earlier(Earlier(times[^1].End, entries.Max(x => x.ToAt) + longest), now + FindStarts.Horizon);
        if (terms.Count == 0 || from >= to)
        {
            return new FreeBoard([], new Calendars(), [], new Interval(from, from), notBefore);
        }

        var window = new Interval(from - longest, to + longest);
        var calendars = await Calendars.LoadAsync(db, terms.Values, window.Start, window.End, ct);
        List<Interval> clipped = [.. times.Select(x => new Interval(Later(x.Start, from), Earlier(x.End, to))).Where(x => x.End > x.Start)];
        var board = new FreeBoard(terms, calendars, clipped, window, notBefore);
        await board.RefreshAsync(db, ct);
        return board;
    }

    public OfferTerms? TermsOf(WaitlistEntry entry) => _terms.GetValueOrDefault(entry.OfferId);

    /// <summary>Reads anew what is taken.</summary>
    public async Task RefreshAsync(BookingDb db, CancellationToken ct)
    {
        _starts.Clear();
        _busy = await Calendars.BusyAsync(db, _terms.Values.SelectMany(_calendars.For), _window.Start, _window.End, ct);
        _tracers = await TracerRoom.LoadAsync(db, _terms.Values, _window.Start, null, ct);
    }

    /// <summary>The earliest free time that the entry wants and that touches nothing it passed on before.</summary>
    public Interval? First(WaitlistEntry entry, List<Interval> passed) =>
        All(entry).Where(x => !passed.Exists(x.Overlaps)).Select(x => (Interval?)x).FirstOrDefault();

    /// <summary>Every free time that the entry wants, earliest first.</summary>
    public IEnumerable<Interval> All(WaitlistEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(entry.TimeZone);
        return TermsOf(entry) is { } terms ? StartsOf(terms).Where(x => entry.Wants(x.Start, zone)) : [];
    }

    public IEnumerable<TakeTime.Candidate> CandidatesFor(OfferTerms terms, Interval time) =>
        FreeStarts.OpenFor(terms.ResourceKinds, _calendars.For(terms), _calendars.Holidays, time).Select(x => new TakeTime.Candidate(x.Id, x.Kind));

    private List<Interval> StartsOf(OfferTerms terms)
    {
        if (!_starts.TryGetValue(terms.OfferId, out var starts))
        {
            var duration = TimeSpan.FromMinutes(terms.DurationMinutes);
            var resources = _calendars.For(terms);
            var touching = Intervals.Merge(_times.Select(x => new Interval(x.Start - duration + TimeSpan.FromTicks(1), x.End)));
            starts = _tracers.Served(terms, [.. touching.SelectMany(x => FreeStarts.Compute(
                terms.ResourceKinds, terms.DurationMinutes, resources, _calendars.Holidays, _busy, x.Start, x.End, _notBefore))]);
            _starts[terms.OfferId] = starts;
        }

        return starts;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
