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
    /// <summary>Only calendars that change several times between two looks are read more often; then what was read last is used, and not kept.</summary>
    public const int MostReads = 4;

    private static readonly ConditionalWeakTable<NpgsqlDataSource, KnownCalendars> ByDatabase = [];

    // Past days are cut off and new ones come into reach, so that a calendar serves for a day even if nobody changes it.
    private static readonly TimeSpan Serves = TimeSpan.FromDays(1);
    private static readonly TimeSpan Before = TimeSpan.FromDays(3);
    private static readonly TimeSpan Reach = FindStarts.Horizon + Serves + TimeSpan.FromDays(60);

    private readonly ConcurrentDictionary<Guid, (uint Mark, OfferTerms Terms)> _terms = new();
    private readonly ConcurrentDictionary<string, (Marks Marks, DateTimeOffset ReadAt, Calendars Calendars)> _calendars = new(StringComparer.Ordinal);

    /// <summary>What tells one state of the rows from another: <c>calendar_versions</c> of the center and of the holidays.</summary>
    public readonly record struct Marks(long Center, long Holidays);

    /// <summary>A calendar that was read just now, after a look that gave these marks. Only if the next look gives them again it is known to belong to them.</summary>
    public sealed record Fresh(Marks Before, Calendars Calendars);

    public static KnownCalendars Of(NpgsqlDataSource database) => ByDatabase.GetOrCreateValue(database);

    /// <summary>The terms under this mark (the row's transaction), read if they are not known; null if the row has another mark meanwhile, or is gone.</summary>
    public async Task<OfferTerms?> TermsAsync(NpgsqlConnection connection, Guid offer, uint mark, CancellationToken ct)
    {
        if (_terms.TryGetValue(offer, out var kept) && kept.Mark == mark)
        {
            return kept.Terms;
        }

        await using var command = new NpgsqlCommand($"SELECT {OfferTerms.Columns}, xmin FROM offer_terms WHERE offer_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = offer });
        await using var rows = await command.ExecuteReaderAsync(ct);
        if (!await rows.ReadAsync(ct))
        {
            return null;
        }

        var (read, terms) = (rows.GetFieldValue<uint>(rows.FieldCount - 1), OfferTerms.Read(rows));
        _terms[offer] = (read, terms);
        return read == mark ? terms : null;
    }

    /// <summary>
    /// The center's calendars under these marks, whichever of its offers they were read for; null if they are not known. What was read <paramref name="fresh"/>
    /// is known from now on if the marks before it were these.
    /// </summary>
    public Calendars? Find(string center, Marks marks, DateTimeOffset now, Fresh? fresh)
    {
        if (fresh?.Before == marks)
        {
            _calendars[center] = (marks, now, fresh.Calendars);
        }

        return _calendars.TryGetValue(center, out var kept) && kept.Marks == marks && now < kept.ReadAt + Serves ? kept.Calendars : null;
    }

    /// <summary>All open resources of the center, as far as anything is sold.</summary>
    public static async Task<Fresh> ReadAsync(NpgsqlConnection connection, string center, Marks before, DateTimeOffset now, CancellationToken ct)
    {
        var calendars = await Calendars.LoadOpenAsync(connection, center, now - Before, now + Reach, ct);
        return new Fresh(before, calendars.Remembering(now - Before, now + Reach));
    }
}
