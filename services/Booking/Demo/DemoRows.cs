using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>Writes the plan in a few large statements. Whatever a real hold or booking has already taken is left out.</summary>
public static class DemoRows
{
    private const int Batch = 4000;
    private const int Told = 4;
    private static readonly string[] Countries = ["DE", "KG", "UZ", "RU", "CN", "TR", "AE", "GB", "IN", "FR"];

    /// <summary>States that keep no time, each shown by some bookings.</summary>
    private static readonly string[] Ended = ["cancelled", "expired", "refunding", "refunded"];

    public static async Task<int> WriteAsync(BookingDb db, DemoPlan plan, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(plan);
        foreach (var blocks in plan.Blocks.Chunk(Batch))
        {
            await AllocateAsync(db, "blocked", [.. blocks.Select(x => (x.ResourceId, x.Time, (Guid?)null, (string?)x.Reason))], ct);
        }

        // Every three hundredth visit was given up, so that each state can be seen; it keeps no time.
        var ended = plan.Visits.Where((_, i) => i % 300 == 299).ToList();
        var made = 0;
        foreach (var visits in plan.Visits.Except(ended).Chunk(Batch))
        {
            await AllocateAsync(db, "booked", [.. visits.SelectMany(x => x.Resources.Select(resource => (resource, x.Time, (Guid?)x.Id, (string?)null)))], ct);
            made += await BookAsync(db, visits, _ => "confirmed", made, ct);
        }

        made += await BookAsync(db, ended, i => Ended[i % Ended.Length], made, ct);
        await db.Database.ExecuteSqlAsync(
            $"DELETE FROM allocations a USING bookings b WHERE b.id = a.booking_id AND b.demo AND (SELECT count(*) FROM allocations x WHERE x.booking_id = b.id) < cardinality(b.resource_kinds)",
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE bookings b SET state = 'cancelled', cancelled_by = 'clinic', sequence = sequence + 1
            WHERE demo AND state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.booking_id = b.id)
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sessions (id, booking_id, number, phase, starts_at, ends_at, resource_ids, state)
            SELECT b.id, b.id, 1, 'visit', b.starts_at, b.ends_at, array_agg(a.resource_id ORDER BY a.resource_id),
                   CASE WHEN b.ends_at < now() THEN 'delivered' ELSE 'booked' END
            FROM bookings b JOIN allocations a ON a.booking_id = b.id WHERE b.demo AND b.state = 'confirmed' GROUP BY b.id
            ON CONFLICT DO NOTHING
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE allocations a SET session_id = b.id FROM bookings b WHERE b.id = a.booking_id AND b.demo AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = b.id)", ct);
        return made;
    }

    /// <summary>A few letters for the mail catcher: the next confirmed visits. All others stay silent.</summary>
    public static async Task TellSomeAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var now = await db.NowAsync(ct);
        var soon = await db.Bookings.AsNoTracking()
            .Where(x => x.Demo && x.State == BookingState.Confirmed && x.StartsAt > now.AddDays(2)).OrderBy(x => x.StartsAt).ThenBy(x => x.Id).Take(Told).ToListAsync(ct);
        foreach (var booking in soon)
        {
            var person = await db.BookingPeople.AsNoTracking().SingleAsync(x => x.BookingId == booking.Id, ct);
            await bus.PublishFor(booking.Id, new PatientContactGiven(
                booking.Id, person.Email, person.Phone, person.GivenNames, person.FamilyName, person.Culture, person.TimeZone, person.NeutralTitle, now), ct);
            var sessions = await db.Sessions.AsNoTracking().Where(x => x.BookingId == booking.Id).ToListAsync(ct);
            await bus.PublishFor(booking.Id, booking.ToConfirmed(sessions), ct);
        }
    }

    private static Task<int> AllocateAsync(
        BookingDb db, string state, (Guid Resource, Interval Time, Guid? Booking, string? Reason)[] rows, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, booking_id, reason, fence)
            SELECT gen_random_uuid(), x.resource_id, x.starts_at, x.ends_at, {state}, x.booking_id, x.reason, 1
            FROM unnest({rows.Select(x => x.Resource).ToArray()}, {rows.Select(x => x.Time.Start).ToArray()}, {rows.Select(x => x.Time.End).ToArray()},
                        {rows.Select(x => x.Booking).ToArray()}, {rows.Select(x => x.Reason).ToArray()}) AS x(resource_id, starts_at, ends_at, booking_id, reason)
            ON CONFLICT DO NOTHING
            """,
            ct);

    /// <remarks>No deposit is noted as paid: Payment has no charge of these, so none may ever be refunded.</remarks>
    private static async Task<int> BookAsync(BookingDb db, IReadOnlyList<DemoPlan.Visit> visits, Func<int, string> state, int first, CancellationToken ct)
    {
        var numbers = Enumerable.Range(first + 1, visits.Count).ToArray();
        var references = visits.Select(x => Reference.Of(x.Id)).ToArray();
        var states = visits.Select((_, i) => state(i)).ToArray();
        var ids = visits.Select(x => x.Id).ToArray();
        var made = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO bookings (id, reference, fence, state, offer_id, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone,
                starts_at, ends_at, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, culture, sequence, cancelled_by, demo, placed_at, changed_at)
            SELECT x.id, x.reference, 1, x.state, o.offer_id, o.procedure_id, o.procedure_names, o.service_line, o.center_id, o.center_names, o.city_id, o.time_zone,
                x.starts_at, x.ends_at, o.resource_kinds, o.price_minor, o.deposit_minor, o.currency, o.cancellation_ladder, 'en', 1,
                CASE WHEN x.state = 'cancelled' THEN 'patient' END, true, now() - interval '10 days', now()
            FROM unnest({ids}, {references}, {states}, {visits.Select(x => x.Offer.OfferId).ToArray()},
                        {visits.Select(x => x.Time.Start).ToArray()}, {visits.Select(x => x.Time.End).ToArray()}) AS x(id, reference, state, offer_id, starts_at, ends_at)
            JOIN offer_terms o ON o.offer_id = x.offer_id
            ON CONFLICT DO NOTHING
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO booking_people (booking_id, family_name, given_names, date_of_birth, citizenship, for_self, email, culture, neutral_title)
            SELECT x.id, 'Patient ' || x.n, 'Demo', date '1950-01-01' + (x.n * 97) % 18000, ({Countries})[1 + x.n % 10], true, 'demo-patient-' || x.n || '@example.test', 'en', false
            FROM unnest({ids}, {numbers}) AS x(id, n) JOIN bookings b ON b.id = x.id
            ON CONFLICT DO NOTHING
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO booking_events (booking_id, kind, to_state, actor, detail, at)
            SELECT b.id, 'placed', b.state, 'system', 'demo', b.placed_at FROM bookings b WHERE b.id = ANY({ids})
            """,
            ct);
        return made;
    }
}
