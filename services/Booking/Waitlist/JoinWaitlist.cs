using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Waitlist;

/// <summary>A patient, or an agency for a patient, waits for time of an offer within a window in which nothing is free.</summary>
public static class JoinWaitlist
{
    private const int MostStartsTold = 3;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/waitlist", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    /// <remarks><c>from</c>: First and last day in the center's calendar, both included. <c>weekdays</c>: ISO 8601, Monday 1; none for all.
    /// <c>earliest</c>: Local times of the center; a start at either of them suits.</remarks>
    public sealed record Request(
        Guid OfferId, DateOnly? From, DateOnly? To, IReadOnlyList<int>? Weekdays, TimeOnly? Earliest, TimeOnly? Latest, PlaceBooking.Patient? Patient,
        PlaceBooking.Contact? Contact);

    /// <remarks><c>accessKey</c>: Told this once; it opens the entry, every hold made for it and its booking.</remarks>
    public sealed record Response(Guid EntryId, string AccessKey, int Ahead, WaitlistView Entry);

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        var caller = http.Caller();
        if (caller.OrganisationKind is not (null or "agency"))
        {
            return Problems.Forbidden("patients-and-agencies-only", "Patients and agencies join the waitlist.");
        }

        if (await OfferTerms.SoldAsync(db, request.OfferId, ct) is not { } offer)
        {
            return Problems.NotFound("offer-unknown", "This offer is not sold here.");
        }

        if (!offer.IsInstant)
        {
            return Problems.Invalid("not-bookable-online", "This treatment is arranged with the center; there is no waitlist for its time.");
        }

        var (zone, now) = (TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone), await db.NowAsync(ct));
        if (WaitlistRules.Errors(request, LocalTime.DateOf(now, zone), now) is { Length: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        var key = AccessKey.New();
        var entry = EntryOf(request, offer, zone, http, options.Value, key);
        await FreedTime.LockForJoiningAsync(db, offer.CenterId, ct);
        if (await TooManyAsync(db, entry, options.Value, ct) is { } refusal)
        {
            return refusal;
        }

        var board = await FreeBoard.LoadAsync(db, [entry], [new Interval(entry.FromAt, entry.ToAt)], now, ct);
        if (board.All(entry).Take(MostStartsTold).ToList() is { Count: > 0 } free)
        {
            return Problems.Conflict("time-is-free", "There is free time in this window. Hold it instead of waiting.", new() { ["starts"] = free.ConvertAll(x => x.Start) });
        }

        return await AddAsync(db, bus, request, entry, offer, key, now, ct) is { } joined
            ? TypedResults.Created($"/waitlist/{joined.Id}", new Response(joined.Id, key, await WaitlistView.AheadAsync(db, joined, ct), await WaitlistView.LoadAsync(db, joined.Id, ct)))
            : Problems.Conflict("already-waiting", "This person waits for this offer already.");
    }

    private static WaitlistEntry EntryOf(Request request, OfferTerms offer, TimeZoneInfo zone, HttpContext http, BookingOptions options, string key)
    {
        var caller = http.Caller();
        return new WaitlistEntry
        {
            Id = Guid.CreateVersion7(),
            OfferId = offer.OfferId,
            CenterId = offer.CenterId,
            TimeZone = offer.TimeZone,
            State = WaitlistEntry.Waiting,
            FromOn = request.From!.Value,
            ToOn = request.To!.Value,
            FromAt = LocalTime.Opening(request.From.Value, TimeOnly.MinValue, zone),
            ToAt = LocalTime.Opening(request.To.Value.AddDays(1), TimeOnly.MinValue, zone),
            Weekdays = [.. (request.Weekdays ?? []).Order()],
            Earliest = request.Earliest,
            Latest = request.Latest,
            AccessKeyHash = AccessKey.Hash(key),
            Caller = WaitlistRules.Caller(http, options),
            Person = WaitlistRules.Person(request, options),
            PatientSubject = caller.OrganisationId is null ? caller.Subject : null,
            OrganisationId = caller.OrganisationId,
        };
    }

    /// <summary>The limit is one caller's over all centers, so their own lock makes their requests take turns.</summary>
    private static async Task<ProblemHttpResult?> TooManyAsync(BookingDb db, WaitlistEntry entry, BookingOptions options, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({BitConverter.ToInt64(entry.Caller)})", ct);
        var most = entry.OrganisationId is null ? options.WaitlistMostEntries : options.WaitlistMostAgencyEntries;
        var live = await db.WaitlistEntries.CountAsync(x => x.Caller == entry.Caller && (x.State == WaitlistEntry.Waiting || x.State == WaitlistEntry.Offered), ct);
        return live < most ? null : Problems.Of(429, "too-many-waitlist-entries", $"You wait for {most} times already. Leave one of them first.", new() { ["limit"] = most });
    }

    private static async Task<WaitlistEntry?> AddAsync(
        BookingDb db, IPublishEndpoint bus, Request request, WaitlistEntry entry, OfferTerms offer, string key, DateTimeOffset now, CancellationToken ct)
    {
        var added = await db.WaitlistEntries.FromSql(
            $"""
            INSERT INTO waitlist_entries (id, offer_id, center_id, time_zone, state, from_on, to_on, from_at, to_at, weekdays, earliest, latest, access_key_hash,
                                          caller, person, patient_subject, organisation_id)
            VALUES ({entry.Id}, {entry.OfferId}, {entry.CenterId}, {entry.TimeZone}, 'waiting', {entry.FromOn}, {entry.ToOn}, {entry.FromAt}, {entry.ToAt},
                    {entry.Weekdays}, {entry.Earliest}, {entry.Latest}, {entry.AccessKeyHash}, {entry.Caller}, {entry.Person}, {entry.PatientSubject},
                    {entry.OrganisationId})
            ON CONFLICT DO NOTHING RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (added is not [var joined])
        {
            return null;
        }

        var (patient, contact) = (request.Patient!, request.Contact!);
        var person = new WaitlistPerson
        {
            EntryId = joined.Id,
            FamilyName = patient.FamilyName!.Trim(),
            GivenNames = patient.GivenNames?.Trim() ?? string.Empty,
            DateOfBirth = patient.DateOfBirth,
            Citizenship = string.IsNullOrWhiteSpace(patient.Citizenship) ? null : patient.Citizenship.ToUpperInvariant(),
            Email = contact.Email!.Trim(),
            Phone = string.IsNullOrWhiteSpace(contact.Phone) ? null : contact.Phone.Trim(),
            Culture = PlaceBookingRules.Culture(contact.Culture),
            TimeZone = string.IsNullOrEmpty(contact.TimeZone) ? null : contact.TimeZone,
            NeutralTitle = contact.NeutralTitle,
        };
        db.WaitlistPeople.Add(person);
        await db.SaveChangesAsync(ct);
        await bus.PublishFor(joined.Id, new PatientContactGiven(
            joined.Id, person.Email, person.Phone, person.GivenNames, person.FamilyName, person.Culture, person.TimeZone, person.NeutralTitle, now), ct);
        await bus.PublishFor(joined.Id, new WaitlistJoined(
            joined.Id, joined.OfferId, offer.ProcedureNames, offer.CenterNames, offer.TimeZone, joined.FromAt, joined.ToAt.AddMinutes(-1), key, joined.JoinedAt), ct);
        return joined;
    }
}
