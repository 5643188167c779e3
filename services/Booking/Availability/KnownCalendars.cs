using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MedTourism.Booking.Offers;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>
/// Terms and calendars that were read before, each under the mark the database gave them. They are used only where the database gives the same mark again,
/// in the statement that says what is taken; so nothing is believed because it is young, and every process may keep its own.
/// </summary>
internal sealed class KnownCalendars
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, KnownCalendars> ByDatabase = [];

    // Past days are cut off and new ones come into reach, so that a calendar serves for a day even if nobody changes it.
    private static readonly TimeSpan Serves = TimeSpan.FromDays(1);
    private static readonly TimeSpan Before = TimeSpan.FromDays(3);
    private static readonly TimeSpan Reach = FindStarts.Horizon + Serves + TimeSpan.FromDays(60);

    private readonly ConcurrentDictionary<Guid, (uint Mark, OfferTerms Terms)> _terms = new();
    private readonly ConcurrentDictionary<string, (Marks Marks, DateTimeOffset ReadAt, Calendars Calendars)> _calendars = new(StringComparer.Ordinal);

    /// <summary>What tells one state of the rows from another: the row's transaction for an offer, <c>calendar_versions</c> for calendars.</summary>
    public readonly record struct Marks(long Center, long Holidays);

    public static KnownCalendars Of(NpgsqlDataSource database) => ByDatabase.GetOrCreateValue(database);

    public (OfferTerms Terms, Calendars Calendars)? Find(Guid offer, string center, uint terms, Marks marks, DateTimeOffset now) =>
        _terms.TryGetValue(offer, out var kept) && kept.Mark == terms
        && _calendars.TryGetValue(center, out var calendar) && calendar.Marks == marks && now < calendar.ReadAt + Serves
            ? (kept.Terms, calendar.Calendars)
            : null;

    public void Keep(uint mark, OfferTerms terms, Marks marks, Calendars calendars, DateTimeOffset now)
    {
        _terms[terms.OfferId] = (mark, terms);
        _calendars[terms.CenterId] = (marks, now, calendars);
    }

    /// <summary>All open resources of the center, as far as anything is sold; or null if the offer is gone.</summary>
    public static async Task<(OfferTerms Terms, Calendars Calendars)?> ReadAsync(
        NpgsqlConnection connection, Guid offer, DateTimeOffset now, CancellationToken ct)
    {
        if (await TermsAsync(connection, offer, ct) is not { } terms)
        {
            return null;
        }

        var calendars = await Calendars.LoadOpenAsync(connection, terms.CenterId, now - Before, now + Reach, ct);
        return (terms, calendars.Remembering(now - Before, now + Reach));
    }

    private static async Task<OfferTerms?> TermsAsync(NpgsqlConnection connection, Guid offer, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT {OfferTerms.Columns} FROM offer_terms WHERE offer_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = offer });
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct) ? OfferTerms.Read(rows) : null;
    }
}
