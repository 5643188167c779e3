using MedTourism.Booking.Cycles;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Trips;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>
/// What a center can order a treatment plan for, and what its form begins with: the catalogue's session pattern of the offer, two trips or an IVF cycle, each
/// number with where it comes from.
/// </summary>
public static class ShowPlanDefaults
{
    private const string SignOff = "needs a clinician's sign-off";
    private const string UsualSlot = "usual-slot";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/treatment-plans/defaults", Handle).RequireOrganisation("clinic", PlanAccess.Staff).RequireRateLimiting("search");
        app.MapGet("/clinic/treatment-plans/offers", HandleOffers).RequireOrganisation("clinic").RequireRateLimiting("search");
    }

    /// <summary><see cref="Kind"/> is <c>course</c>, <c>trips</c> or <c>cycle</c>.</summary>
    public sealed record Orderable(Guid OfferId, Dictionary<string, string> ProcedureNames, string Kind);

    /// <summary>
    /// <see cref="Basis"/> says for each field of the pattern where its number comes from: a key of the catalogue's sources, <c>usual-slot</c> (the
    /// machine's, as the center or the catalogue says), or that a clinician must sign it off. <see cref="Kinds"/> are the kinds of resources the center has, with how many of each are open and whether some are beam-matched.
    /// </summary>
    public sealed record Response(
        Guid OfferId, Dictionary<string, string> ProcedureNames, string? PatternId, PatternFields Pattern, int FewestSessions, int MostSessions,
        int PlanningMinWorkingDays, int PlanningMaxWorkingDays, long PriceMinor, long DepositMinor, string Currency, Dictionary<string, string> Basis, List<Kind> Kinds,
        JawDefaults? Trips = null, CyclePattern? Ivf = null);

    /// <summary>Two trips with the catalogue's numbers for each jaw; null if the procedure is not done in two trips.</summary>
    public sealed record JawDefaults(TripFields Lower, TripFields Upper);

    public sealed record Kind(string Name, int Open, int SlotMinutes, bool Matched);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid offer, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        if (await OfferTerms.SoldAsync(db, offer, ct) is not { } terms || terms.CenterId != center)
        {
            return Problems.NotFound("offer-unknown", "Your center does not sell this offer.");
        }

        if (KindOf(terms) is not { } ordered)
        {
            return Problems.Invalid("not-case-review", "This offer is not sold by treatment plan; patients book it another way.", new() { ["mode"] = terms.Mode });
        }

        var resources = await db.Resources.AsNoTracking().Where(x => x.CenterId == center).ToListAsync(ct);
        var kinds = resources.GroupBy(x => x.Kind).OrderBy(x => x.Key, StringComparer.Ordinal).Select(group => new Kind(
            group.Key, group.Count(x => x.Status == Resource.Open), group.Max(x => x.SlotMinutes), group.Any(x => x.MatchedSet is not null))).ToList();
        var own = terms.ResourceKinds.Where(kind => kinds.Exists(x => x.Name == kind)).ToArray();
        var slot = own.Length > 0 ? kinds.Single(x => x.Name == own[0]).SlotMinutes : 0;
        var course = terms.Course;
        var basis = new Dictionary<string, string>(course?.Basis ?? [])
        {
            ["sessionMinutes"] = slot > 0 ? UsualSlot : SignOff,
            ["resourceKinds"] = own.Length > 0 ? "the offer" : SignOff,
            ["machine"] = SignOff,
        };
        if (ordered == "trips")
        {
            (basis["gapMinDays"], basis["gapMaxDays"], basis["stayDays"]) = ("dentaljaw", "dental2", "dental2");
            (basis["visits"], basis["graftDays"], basis["flyAfterDays"]) = (SignOff, SignOff, SignOff);
        }

        var ivf = ordered == "cycle" ? CyclePattern.Ordered(terms.ProcedureId) : null;
        if (ivf is not null)
        {
            basis = new(CyclePattern.Basis); // the numbers of sessions say nothing of a cycle
        }

        return TypedResults.Ok(new Response(
            terms.OfferId, terms.ProcedureNames, course?.PatternId, Pattern(terms, own, slot > 0 ? slot : terms.DurationMinutes), course?.FewestSessions ?? 1,
            course?.MostSessions ?? 1, course?.PlanningMinWorkingDays ?? 0, course?.PlanningMaxWorkingDays ?? 0, terms.PriceMinor, terms.DepositMinor,
            terms.Currency, basis, kinds, ordered == "trips" ? new JawDefaults(Of(TripPattern.Lower), Of(TripPattern.Upper)) : null, ivf));

        static TripFields Of(string jaw) => TripFields.Of(new TripFields(jaw).ToPattern());
    }

    private static async Task<Ok<List<Orderable>>> HandleOffers(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var own = await db.OfferTerms.Where(x => x.CenterId == center).Select(x => x.OfferId).ToArrayAsync(ct);
        var sold = await OfferTerms.SoldAsync(db, own, ct);
        return TypedResults.Ok(sold.Where(x => KindOf(x) is not null).OrderBy(x => x.ProcedureId, StringComparer.Ordinal)
            .Select(x => new Orderable(x.OfferId, x.ProcedureNames, KindOf(x)!)).ToList());
    }

    private static string? KindOf(OfferTerms terms) =>
        TripPattern.IsUsualFor(terms.ProcedureId) && (terms.IsInstant || terms.Mode == OfferTerms.CaseReview) ? "trips"
        : terms.Mode == OfferTerms.CaseReview ? "course"
        : terms.Mode == OfferTerms.Cycle ? "cycle" : null;

    /// <summary>As many sessions as the pattern's range has at most: the clinician puts the patient's own number. The planning visit needs kinds only the center knows.</summary>
    private static PatternFields Pattern(OfferTerms terms, string[] kinds, int minutes)
    {
        var course = terms.Course;
        return course is null
            ? new PatternFields(1, minutes, "daily", kinds)
            : new PatternFields(
                course.MostSessions, minutes, course.Cadence, kinds, 0, course.MinHoursBetween, course.MaxGapDays, 0, course.StartWeekdays, course.StartBlock,
                course.CycleMinDays, course.CycleMaxDays, "same", CatchUp: new PatternFields.MakeUp(course.SecondSessionAfterHours, course.WeekendCatchUp),
                MaxProlongationDays: course.MaxProlongationDays);
    }
}
