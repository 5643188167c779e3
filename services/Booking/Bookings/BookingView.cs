using MedTourism.Booking.Holds;
using MedTourism.Booking.Sessions;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>A booking as its patient, its clinic and the operator see it. A single visit has its session from its confirmation on, a course from its hold on.</summary>
public sealed record BookingView(
    Guid Id,
    string Reference,
    string State,
    Guid OfferId,
    string ProcedureId,
    Dictionary<string, string> ProcedureNames,
    Dictionary<string, string> CenterNames,
    string CenterId,
    string CityId,
    string ServiceLine,
    string TimeZone,
    DateTimeOffset Start,
    DateTimeOffset End,
    Money Price,
    Money Deposit,
    Money DepositPaid,
    Money Refund,
    Money Refunded,
    BookingView.Person? Patient,
    BookingView.Reach? Contact,
    CancellationTerm[] Cancellation,
    DateTimeOffset? HoldExpiresAt,
    DateTimeOffset ServerNow,
    int Sequence,
    string? CancelledBy,
    DateTimeOffset PlacedAt,
    bool Demo,
    Guid? PlanId = null,
    IReadOnlyList<SessionView>? Sessions = null,
    Guid? HoldId = null)
{
    public sealed record Person(string GivenNames, string FamilyName, DateOnly DateOfBirth, string Citizenship, bool ForSelf);

    public sealed record Reach(string Email, string? Phone, string Culture, string? TimeZone, bool NeutralTitle);

    public static async Task<BookingView> LoadAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var booking = await db.Bookings.AsNoTracking().SingleAsync(x => x.Id == id, ct);
        var person = await db.BookingPeople.AsNoTracking().SingleOrDefaultAsync(x => x.BookingId == id, ct);
        var hold = await db.Holds.AsNoTracking().SingleOrDefaultAsync(x => x.Id == booking.HoldId, ct);
        var sessions = await db.Sessions.AsNoTracking()
            .Where(x => x.BookingId == id || (x.BookingId == null && x.HoldId == booking.HoldId && booking.HoldId != null)).OrderBy(x => x.Number).ToListAsync(ct);
        var now = await db.NowAsync(ct);

        // Past its hold the booking is over for the patient, whether the sweep has come by or not.
        var lapsed = booking.State == BookingState.AwaitingDeposit && hold?.IsLive(now) != true;
        return new BookingView(
            booking.Id,
            booking.Reference,
            (lapsed ? BookingState.Expired : booking.State).Name(),
            booking.OfferId,
            booking.ProcedureId,
            booking.ProcedureNames,
            booking.CenterNames,
            booking.CenterId,
            booking.CityId,
            booking.ServiceLine,
            booking.TimeZone,
            booking.StartsAt,
            booking.EndsAt,
            Amount(booking.PriceMinor),
            Amount(booking.DepositMinor),
            Amount(booking.DepositPaidMinor),
            Amount(booking.RefundDueMinor),
            Amount(booking.RefundedMinor),
            person is null ? null : new Person(person.GivenNames, person.FamilyName, person.DateOfBirth, person.Citizenship, person.ForSelf),
            person is null ? null : new Reach(person.Email, person.Phone, person.Culture, person.TimeZone, person.NeutralTitle),
            CancellationQuote.Terms(booking.CancellationLadder, booking.StartsAt, booking.DepositPaidMinor > 0 ? booking.DepositPaidMinor : booking.DepositMinor),
            booking.State == BookingState.AwaitingDeposit ? hold?.ExpiresAt : null,
            now,
            booking.Sequence,
            booking.CancelledBy,
            booking.PlacedAt,
            booking.Demo,
            booking.PlanId,
            sessions.ConvertAll(SessionView.Of),
            booking.HoldId);

        Money Amount(long minor) => new(minor, booking.Currency);
    }
}
