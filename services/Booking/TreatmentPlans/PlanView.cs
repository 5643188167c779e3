using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>
/// A treatment plan as its patient and its center see it. <see cref="State"/> is <c>issued</c>, <c>held</c> (dates are kept until
/// <see cref="HoldExpiresAt"/>), <c>booked</c>, <c>withdrawn</c> or <c>expired</c>. <see cref="BookingId"/> may be set while held: it waits for its deposit.
/// </summary>
public sealed record PlanView(
    Guid Id,
    string State,
    Guid OfferId,
    string ProcedureId,
    Dictionary<string, string> ProcedureNames,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string CityId,
    string TimeZone,
    PatternFields Pattern,
    short Priority,
    DateOnly ReadyOn,
    DateOnly? DueOn,
    Money Price,
    Money Deposit,
    DateTimeOffset ValidUntil,
    DateTimeOffset IssuedAt,
    Guid? HoldId,
    DateTimeOffset? HoldExpiresAt,
    Guid? BookingId,
    PlanView.Person? Patient,
    BookingView.Reach? Contact,
    bool Demo,
    DateTimeOffset ServerNow)
{
    public sealed record Person(string GivenNames, string FamilyName, DateOnly DateOfBirth, string Citizenship);

    public static async Task<List<PlanView>> LoadAsync(BookingDb db, IReadOnlyCollection<TreatmentPlan> plans, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var ids = plans.Select(x => x.Id).ToArray();
        var offerIds = plans.Select(x => x.OfferId).Distinct().ToArray();
        var offers = await db.OfferTerms.AsNoTracking().Where(x => offerIds.Contains(x.OfferId)).ToDictionaryAsync(x => x.OfferId, ct);
        var people = await db.TreatmentPlanPeople.AsNoTracking().Where(x => ids.Contains(x.PlanId)).ToDictionaryAsync(x => x.PlanId, ct);
        var holds = (await db.Holds.FromSql($"SELECT * FROM holds WHERE plan_id = ANY({ids}) AND state = 'held' AND expires_at > now()").AsNoTracking().ToListAsync(ct))
            .ToLookup(x => x.PlanId!.Value);
        var now = await db.NowAsync(ct);
        return [.. plans.Select(plan => Of(plan, holds[plan.Id].FirstOrDefault()))];

        PlanView Of(TreatmentPlan plan, Hold? hold)
        {
            var (offer, person) = (offers[plan.OfferId], people.GetValueOrDefault(plan.Id));
            var state = plan.State is TreatmentPlan.Booked or TreatmentPlan.Withdrawn ? plan.State
                : hold is not null ? TreatmentPlan.Held
                : plan.ValidUntil <= now ? "expired" : TreatmentPlan.Issued;
            return new PlanView(
                plan.Id, state, plan.OfferId, offer.ProcedureId, offer.ProcedureNames, plan.CenterId, offer.CenterNames, offer.CityId, offer.TimeZone,
                PatternFields.Of(plan.Pattern), plan.Priority, plan.ReadyOn, plan.DueOn, new Money(plan.PriceMinor, plan.Currency),
                new Money(plan.DepositMinor, plan.Currency), plan.ValidUntil, plan.IssuedAt, hold?.Id, hold?.ExpiresAt, plan.BookingId ?? hold?.BookingId,
                person is null ? null : new Person(person.GivenNames, person.FamilyName, person.DateOfBirth, person.Citizenship),
                person is null ? null : new BookingView.Reach(person.Email, person.Phone, person.Culture, null, person.NeutralTitle), plan.Demo, now);
        }
    }
}
