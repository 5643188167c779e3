using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Bookings;

/// <summary>What cancelling gives back now, until when, and what it gives back after that. Parts of a minor unit are rounded up, for the patient.</summary>
public sealed record CancellationQuote(int RefundPercent, long RefundMinor, DateTimeOffset Until, CancellationTerm? Next)
{
    public static CancellationQuote Of(IEnumerable<CancellationStep> ladder, DateTimeOffset start, long depositMinor, DateTimeOffset now, bool byPatient)
    {
        if (!byPatient)
        {
            return new CancellationQuote(100, depositMinor, start, null);
        }

        var terms = Terms(ladder, start, depositMinor);
        var current = Array.FindIndex(terms, term => now <= term.Until);
        return current < 0
            ? new CancellationQuote(0, 0, start, null)
            : new CancellationQuote(
                terms[current].RefundPercent,
                terms[current].RefundMinor,
                terms[current].Until,
                current + 1 < terms.Length ? terms[current + 1] : new CancellationTerm(start, 0, 0));
    }

    /// <summary>The ladder as moments, earliest first.</summary>
    public static CancellationTerm[] Terms(IEnumerable<CancellationStep> ladder, DateTimeOffset start, long depositMinor) =>
        [.. ladder.OrderByDescending(step => step.HoursBefore).Select(step => new CancellationTerm(
            start.AddHours(-step.HoursBefore), step.RefundPercent, Part(depositMinor, step.RefundPercent)))];

    private static long Part(long amount, int percent) => (long)decimal.Ceiling(amount * (decimal)percent / 100m);
}
