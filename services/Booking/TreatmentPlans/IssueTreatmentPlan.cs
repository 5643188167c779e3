using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>A center's doctor or scheduler orders a treatment for a patient, who gets a letter with a link to choose dates.</summary>
public static class IssueTreatmentPlan
{
    private const int LongestValidDays = 180;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/treatment-plans", Handle).RequireOrganisation("clinic", PlanAccess.Staff).RequireRateLimiting("write").Idempotent<BookingDb>();

    /// <summary>Amounts are minor units of the offer's currency. Priority: 1 emergency, 2 urgent, 3 soon, 4 can wait.</summary>
    public sealed record Request(
        Guid OfferId, PatternFields? Pattern, long PriceMinor, long DepositMinor, DateTimeOffset ValidUntil, PlaceBooking.Patient? Patient,
        PlaceBooking.Contact? Contact, DateOnly? ReadyOn = null, DateOnly? DueOn = null, short Priority = 4);

    private static async Task<Results<Created<PlanView>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var caller = http.Caller();
        var center = caller.OrganisationRef ?? string.Empty;
        if (await OfferTerms.SoldAsync(db, request.OfferId, ct) is not { } offer || offer.CenterId != center)
        {
            return Problems.NotFound("offer-unknown", "Your center does not sell this offer.");
        }

        var fits = request.Pattern switch
        {
            { Ivf: not null } => offer.Mode == OfferTerms.Cycle,
            { Trips: not null } => offer.Mode == OfferTerms.CaseReview || offer.IsInstant,
            _ => offer.Mode == OfferTerms.CaseReview,
        };
        if (!fits)
        {
            return Problems.Invalid("not-case-review", "This offer is not sold by treatment plan; patients book it another way.", new() { ["mode"] = offer.Mode });
        }

        var kinds = (await db.Resources.AsNoTracking().Where(x => x.CenterId == center).Select(x => x.Kind).Distinct().ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        var now = await db.NowAsync(ct);
        if (Errors(request, kinds, LocalTime.DateOf(now, TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone)), now) is { Length: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        var key = AccessKey.New();
        var plan = Plan(request, offer, key, caller.Subject ?? caller.ClientId ?? "unknown", now);
        var culture = PlaceBookingRules.Culture(request.Contact!.Culture);
        var person = PlaceBookingRules.Person(plan.Id, new PlaceBooking.Request(default, request.Patient, request.Contact), culture);
        db.TreatmentPlans.Add(plan);
        await db.SaveChangesAsync(ct);
        db.TreatmentPlanPeople.Add(new TreatmentPlanPerson
        {
            PlanId = plan.Id, FamilyName = person.FamilyName, GivenNames = person.GivenNames, DateOfBirth = person.DateOfBirth, Citizenship = person.Citizenship,
            Email = person.Email, Phone = person.Phone, Culture = culture, NeutralTitle = person.NeutralTitle,
        });
        await db.SaveChangesAsync(ct);
        await bus.PublishFor(plan.Id, new PatientContactGiven(
            plan.Id, person.Email, person.Phone, person.GivenNames, person.FamilyName, culture, person.TimeZone, person.NeutralTitle, now), ct);
        await bus.PublishFor(plan.Id, new TreatmentPlanIssued(
            plan.Id, plan.OfferId, offer.ProcedureNames, plan.CenterId, offer.CenterNames, offer.TimeZone, plan.Pattern.Sessions, plan.PriceMinor,
            plan.DepositMinor, plan.Currency, key, plan.ValidUntil, now), ct);
        return TypedResults.Created($"/clinic/treatment-plans/{plan.Id}", (await PlanView.LoadAsync(db, [plan], ct)).Single());
    }

    private static TreatmentPlan Plan(Request request, OfferTerms offer, string key, string by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        OfferId = offer.OfferId,
        CenterId = offer.CenterId,
        State = TreatmentPlan.Issued,
        Pattern = request.Pattern!.ToPattern(),
        Priority = request.Priority,
        ReadyOn = request.ReadyOn ?? LocalTime.DateOf(now, TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone)),
        DueOn = request.DueOn,
        PriceMinor = request.PriceMinor,
        DepositMinor = request.DepositMinor,
        Currency = offer.Currency,
        ValidUntil = request.ValidUntil.ToUniversalTime(),
        AccessKeyHash = AccessKey.Hash(key),
        IssuedBy = by,
        IssuedAt = now,
        Demo = offer.Demo,
    };

    private static (string Field, string Message)[] Errors(Request request, IReadOnlySet<string> kinds, DateOnly today, DateTimeOffset now)
    {
        List<(string, string)> errors = [.. PlaceBookingRules.Errors(new PlaceBooking.Request(default, request.Patient, request.Contact), [], now)];
        errors.AddRange(request.Pattern?.Errors(kinds) ?? [("pattern", "must be given")]);
        Check("priceMinor", request.PriceMinor > 0, "must be above 0, in minor units");
        Check("depositMinor", request.DepositMinor >= 0 && request.DepositMinor <= request.PriceMinor, "must be 0 to the price, in minor units");
        Check("validUntil", request.ValidUntil > now && request.ValidUntil <= now.AddDays(LongestValidDays), $"must be later than now, by {LongestValidDays} days at most");
        Check("readyOn", request.ReadyOn is not { } ready || (ready >= today && ready <= today.AddDays(365)), "must be from today on and within a year");
        Check("dueOn", request.DueOn is not { } due || (due >= (request.ReadyOn ?? today) && due <= today.AddDays(365)), "must not be before readyOn and within a year");
        Check("priority", request.Priority is >= 1 and <= 4, "must be 1 (emergency) to 4 (can wait)");
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add((field, otherwise));
            }
        }
    }
}
