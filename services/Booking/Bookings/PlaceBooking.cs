using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Booking.Bookings;

/// <summary>Turns a live hold into a booking that waits for its deposit.</summary>
public static class PlaceBooking
{
    private const int ReferenceTries = 5;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/bookings", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();

    public sealed record Request(
        Guid HoldId, Patient? Patient, Contact? Contact, IReadOnlyList<Answer>? Answers = null, string? ReferralCode = null, DateTimeOffset? ReferralTouchedAt = null);

    public sealed record Patient(string? FamilyName, string? GivenNames, DateOnly? DateOfBirth, string? Citizenship, bool ForSelf = true);

    public sealed record Contact(string? Email, string? Phone = null, string? Culture = null, string? TimeZone = null, bool NeutralTitle = false);

    public sealed record Answer(string QuestionId, string Value);

    public sealed record Response(Guid BookingId, string Reference, string State, Money DepositDue, DateTimeOffset HoldExpiresAt);

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, [FromHeader(Name = AccessKey.Header)] string? key, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await ShowHold.FindAsync(db, request.HoldId, key, ct) is not { } hold)
        {
            return ShowHold.Unknown();
        }

        var now = await db.NowAsync(ct);
        var offer = await db.OfferTerms.AsNoTracking().SingleAsync(x => x.OfferId == hold.OfferId, ct);
        if (PlaceBookingRules.Errors(request, offer.BlockingQuestions, now) is { Length: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        var blocking = (request.Answers ?? []).Where(x => x.Value == "yes" && offer.BlockingQuestions.Contains(x.QuestionId)).Select(x => x.QuestionId).ToArray();
        if (blocking.Length > 0)
        {
            return Problems.Invalid("needs-a-call", "An answer needs a talk with the center before a time can be booked.", new() { ["questions"] = blocking });
        }

        var culture = PlaceBookingRules.Culture(request.Contact!.Culture);
        var plan = hold.PlanId is { } planId ? await db.TreatmentPlans.AsNoTracking().SingleAsync(x => x.Id == planId, ct) : null;
        if (plan is not null && PlanAccess.NotForDates(plan, now) is { } refusal)
        {
            return refusal;
        }

        var booking = Booking.Place(
            hold, offer, http.Caller().Subject, culture, request.ReferralCode, request.ReferralTouchedAt?.ToUniversalTime(), now, plan);
        var claimed = await db.Holds.FromSql(
            $"""
            UPDATE holds SET booking_id = {booking.Id}
            WHERE id = {hold.Id} AND state = 'held' AND expires_at > now() AND booking_id IS NULL RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (claimed is not [var live])
        {
            return hold.BookingId is not null && hold.IsLive(now)
                ? Problems.Conflict("already-placed", "This hold already has its booking.", new() { ["bookingId"] = hold.BookingId })
                : Problems.Gone("hold-expired", "This hold has ended. Choose a time again.");
        }

        var person = PlaceBookingRules.Person(booking.Id, request, culture);
        await InsertAsync(db, booking, ct);
        db.BookingPeople.Add(person);
        db.BookingKeys.Add(new BookingKey { BookingId = booking.Id, KeyHash = hold.AccessKeyHash, CreatedAt = now });
        db.BookingAnswers.AddRange((request.Answers ?? []).Select(x => new BookingAnswer { BookingId = booking.Id, QuestionId = x.QuestionId, Value = x.Value }));
        await db.SaveAsync(booking, ct);
        await HoldKey.PassOnAsync(db, hold.Id, booking.Id, ct);

        var agency = await EnteredBy.OfHoldAsync(db, hold.Id, ct);
        await bus.PublishFor(booking.Id, new BookingPlaced(
            booking.Id, booking.Reference, booking.OfferId, booking.CenterId, booking.ServiceLine, booking.StartsAt, booking.EndsAt, booking.PriceMinor,
            booking.Currency, booking.PatientSubject, booking.ReferralCode, booking.ReferralTouchedAt, now, agency?.AgencyId,
            agency?.Since), ct);
        await bus.PublishFor(booking.Id, new PatientContactGiven(
            booking.Id, person.Email, person.Phone, person.GivenNames, person.FamilyName, culture, person.TimeZone, person.NeutralTitle, now), ct);
        if (booking.DepositMinor == 0)
        {
            await ConfirmBooking.WithoutDepositAsync(db, bus, booking, now, ct);
        }
        else
        {
            await bus.PublishFor(booking.Id, new DepositRequested(
                booking.Id, booking.Reference, booking.CenterId, booking.DepositMinor, booking.Currency, culture, live.ExpiresAt, booking.Fence, booking.StartsAt,
                booking.TimeZone), ct);
        }

        return TypedResults.Created(
            $"/bookings/{booking.Id}",
            new Response(booking.Id, booking.Reference, booking.State.Name(), new Money(booking.DepositMinor, booking.Currency), live.ExpiresAt));
    }

    /// <summary>Two bookings with one reference: the later one draws again. Entity Framework puts a savepoint before each save.</summary>
    private static async Task InsertAsync(BookingDb db, Booking booking, CancellationToken ct)
    {
        db.Bookings.Add(booking);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await db.SaveChangesAsync(ct);
                return;
            }
            catch (DbUpdateException exception) when (attempt < ReferenceTries
                && exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "bookings_reference" })
            {
                booking.Reference = Reference.New();
            }
        }
    }
}
