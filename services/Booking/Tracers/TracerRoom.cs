using MedTourism.Booking.Offers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Booking.Tracers;

/// <summary>Which starts of an offer a tracer batch could serve now. Taking the dose decides; this keeps starts that cannot be had off the pages.</summary>
public sealed class TracerRoom
{
    /// <summary>
    /// $1 the offers, $2 the earliest useful end of a batch, $3 a booking whose own dose is not counted. A row without a batch says that the offer needs
    /// one all the same.
    /// </summary>
    internal const string Statement =
        """
        SELECT o.offer_id, b.id, b.center_id, b.procedure_ids, b.radionuclide, b.delivered_at, b.usable_until, b.calibrated_at, b.activity_mbq, b.dose_mbq,
               b.uptake_minutes, b.entered_by, b.entered_at,
               (SELECT coalesce(sum(d.needed_mbq), 0) FROM tracer_doses d JOIN allocations a ON a.id = d.allocation_id
                WHERE d.batch_id = b.id AND (a.state <> 'held' OR a.expires_at > now()) AND a.booking_id IS DISTINCT FROM $3)
        FROM offer_terms o
        LEFT JOIN tracer_batches b ON b.center_id = o.center_id AND o.procedure_id = ANY(b.procedure_ids) AND NOT b.withdrawn AND b.usable_until >= $2
        WHERE o.offer_id = ANY($1) AND EXISTS (
            SELECT 1 FROM tracer_batches e WHERE e.center_id = o.center_id AND o.procedure_id = ANY(e.procedure_ids) AND NOT e.withdrawn)
        ORDER BY b.delivered_at, b.id
        """;

    private readonly Dictionary<Guid, List<(TracerBatch Batch, double Promised)>> _byOffer = [];

    /// <summary>
    /// For starts from this moment on. Asks nothing if no offer is of the line that uses tracers. On the caller's connection: who keeps one and waits
    /// for a second could wait for others who do the same.
    /// </summary>
    public static async Task<TracerRoom> LoadAsync(NpgsqlConnection connection, IEnumerable<OfferTerms> offers, DateTimeOffset from, CancellationToken ct) =>
        Concerned(offers) is { Length: > 0 } ids ? await ReadAsync(connection, ids, from, null, ct) : new TracerRoom();

    /// <summary>The same as the open transaction sees it; the dose of one's own booking may be left out, when it is about to move.</summary>
    public static async Task<TracerRoom> LoadAsync(BookingDb db, IEnumerable<OfferTerms> offers, DateTimeOffset from, Guid? own, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (Concerned(offers) is not { Length: > 0 } ids)
        {
            return new TracerRoom();
        }

        await db.Database.OpenConnectionAsync(ct);
        try
        {
            return await ReadAsync(db.Connection, ids, from, own, ct);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>True if starts of this offer need a batch.</summary>
    public bool Limits(OfferTerms offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return _byOffer.ContainsKey(offer.OfferId);
    }

    /// <summary>Those of the starts that a batch could serve; each on its own, for one more patient.</summary>
    public List<Availability.Interval> Served(OfferTerms offer, List<Availability.Interval> starts, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(starts);
        return Limits(offer) ? [.. starts.Where(start => WhyNot(offer, start.Start) is null).Take(most)] : starts;
    }

    /// <summary>Null if a batch covers this start, or none is needed.</summary>
    public NoTracer? WhyNot(OfferTerms offer, DateTimeOffset start)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (!_byOffer.TryGetValue(offer.OfferId, out var batches))
        {
            return null;
        }

        var there = batches.FindAll(x => x.Batch.IsThereFor(start));
        return there.Exists(x => x.Batch.Covers(start, x.Promised)) ? null
            : there.Count == 0 ? new NoTracer("no-batch", start)
            : NoTracer.Spent(there[^1].Batch, start, there[^1].Promised);
    }

    private static Guid[] Concerned(IEnumerable<OfferTerms> offers) =>
        [.. offers.Where(offer => offer.ServiceLine == TakeDose.Line).Select(offer => offer.OfferId)];

    private static async Task<TracerRoom> ReadAsync(NpgsqlConnection connection, Guid[] offers, DateTimeOffset from, Guid? own, CancellationToken ct)
    {
        var room = new TracerRoom();
        await using var command = new NpgsqlCommand(Statement, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = offers },
                new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime.AddMinutes(-TracerBatch.LongestUptakeMinutes) },
                new NpgsqlParameter<Guid> { TypedValue = own ?? Guid.Empty },
            },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var list = room._byOffer.TryGetValue(rows.GetGuid(0), out var known) ? known : room._byOffer[rows.GetGuid(0)] = [];
            if (!await rows.IsDBNullAsync(1, ct))
            {
                list.Add((Read(rows), rows.GetDouble(13)));
            }
        }

        return room;
    }

    private static TracerBatch Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(1),
        CenterId = row.GetString(2),
        ProcedureIds = row.GetFieldValue<string[]>(3),
        Radionuclide = row.GetString(4),
        DeliveredAt = row.GetDateTime(5),
        UsableUntil = row.GetDateTime(6),
        CalibratedAt = row.GetDateTime(7),
        ActivityMbq = row.GetDouble(8),
        DoseMbq = row.GetDouble(9),
        UptakeMinutes = row.GetInt32(10),
        EnteredBy = row.GetString(11),
        EnteredAt = row.GetDateTime(12),
    };
}
