using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Texts;
using MedTourism.Contracts.Catalog;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Offers;

/// <summary>One offer with everything a patient should know before booking it, and where each fact comes from.</summary>
public static class ShowOffer
{
    public const string SignOff = "needs a clinician's sign-off";

    private const string Unsourced = "general knowledge, unsourced";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/offers/{id}", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response>();

    public sealed record Response(
        Guid Id, string ProcedureId, LocalText Procedure, Named Line, CardCenter Center, string Mode, Money? Price, Money? PriceUsd, Money? Deposit,
        int DurationMinutes, int? VisitMinutes, bool FirstVisitOnly, string[] Languages, string PriceBasis, bool Demo,
        Rate Rate, LocalText[] Included, LocalText[] NotIncluded, string IncludedBasis, CancellationStep[] Cancellation, string CancellationBasis,
        Preparation[] Preparation, Papers Documents, Question[] Screening, Question[] OtherQuestions, MachineView[] Equipment, StayDays StayDays, string Companion, int? FlyAfterDays,
        bool BoardReview, string HighTech, FactView[] Facts, SourceView[] Sources, string SignOff, OfferCard[] OtherCenters)
        : OfferCard(Id, ProcedureId, Procedure, Line, Center, Mode, Price, PriceUsd, Deposit, DurationMinutes, VisitMinutes, FirstVisitOnly, Languages, PriceBasis, Demo);

    public sealed record Rate(decimal KztPerUsd, DateOnly AsOf, string Source);

    /// <summary><see cref="Source"/> is a key of <c>sources</c>, or says that there is none.</summary>
    public sealed record Preparation(int OffsetHours, LocalText Text, string Source);

    public sealed record Papers(LocalText[] BeforeReview, LocalText[] BeforeTravel, LocalText[] OnArrival, LocalText[] Optional);

    public sealed record Question(string Id, LocalText Text, string OnYes);

    public sealed record StayDays(int Min, int Max);

    private static async Task<IResult> HandleAsync(string id, string? culture, CatalogDb db, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var row = Guid.TryParse(id, out var key) ? await db.Rows(withdrawnToo: true).SingleOrDefaultAsync(row => row.Offer.Id == key, ct) : null;
        if (row is null)
        {
            return Problems.NotFound("offer-unknown", "No offer has this id.");
        }

        return row.Offer.WithdrawnAt is null && row.Center.Listed
            ? CachedJson.Of(await ViewAsync(db, row, reader, ct))
            : Problems.Gone("offer-withdrawn", "This offer is no longer sold. Bookings made before stay as they are.");
    }

    private static async Task<Response> ViewAsync(CatalogDb db, OfferRow row, string culture, CancellationToken ct)
    {
        var (offer, procedure, center) = (row.Offer, row.Procedure, row.Center);
        var card = row.ToCard(culture);
        var pattern = await db.Patterns.AsNoTracking().SingleAsync(p => p.Id == procedure.PatternId, ct);
        var steps = await db.PreparationSteps.AsNoTracking().Where(step => procedure.Preparation.Contains(step.Topic)).ToListAsync(ct);
        var machines = await db.Equipment.AsNoTracking()
            .Where(machine => machine.CenterId == center.Id && procedure.ResourceKinds.Contains(machine.Kind)).OrderBy(machine => machine.Id).ToListAsync(ct);
        var questions = await db.ScreeningQuestions.AsNoTracking().OrderBy(question => question.Position).ToListAsync(ct);
        var others = await db.Rows().Where(other => other.Procedure.Id == procedure.Id && other.Offer.Id != offer.Id).ToListAsync(ct);
        var asked = questions.Where(question => question.IsAskedFor(procedure)).ToList();
        var facts = FactView.Of(center.Facts, procedure.Note is null ? [] : [new Fact(procedure.Note, procedure.Sources)]);
        var sources = await SourceView.FindAsync(
            db,
            [
                offer.RateSource, .. center.Sources, .. procedure.Sources, .. pattern.Sources, .. machines.SelectMany(machine => machine.Sources),
                .. steps.Select(step => step.Source).OfType<string>(), .. asked.SelectMany(question => question.Sources),
                .. facts.SelectMany(fact => fact.Sources),
            ],
            ct);
        return new Response(
            card.Id, card.ProcedureId, card.Procedure, card.Line, card.Center, card.Mode, card.Price, card.PriceUsd, card.Deposit,
            card.DurationMinutes, card.VisitMinutes, card.FirstVisitOnly, card.Languages, card.PriceBasis, card.Demo,
            new Rate(offer.KztPerUsd, offer.RateAsOf, offer.RateSource),
            LocalText.Of(row.Line.Included, culture),
            LocalText.Of(row.Line.NotIncluded, culture),
            row.Line.Basis,
            offer.Cancellation,
            "illustrative",
            [.. steps.OrderBy(step => step.OffsetHours).Select(step => new Preparation(step.OffsetHours, LocalText.Of(step.Text, culture), step.Source ?? step.Basis ?? Unsourced))],
            await PapersAsync(db, procedure.BundleId, culture, ct),
            Questions("yes-no"),
            Questions("text"),
            [.. machines.Select(MachineView.Of)],
            new StayDays(pattern.StayDaysMin, pattern.StayDaysMax),
            pattern.Companion,
            pattern.FlyAfterDays,
            procedure.BoardReview,
            procedure.HighTech,
            facts,
            sources,
            SignOff,
            [.. others.OrderByDescending(other => other.Offer.Mode == "instant").ThenBy(other => other.Offer.PriceMinor).ThenBy(other => other.Center.Id, StringComparer.Ordinal)
                .Select(other => other.ToCard(culture))]);

        Question[] Questions(string answer) =>
            [.. asked.Where(question => question.Answer == answer).Select(question => new Question(question.Id, LocalText.Of(question.Text, culture), question.OnYes))];
    }

    private static async Task<Papers> PapersAsync(CatalogDb db, string bundleId, string culture, CancellationToken ct)
    {
        var bundle = await db.DocumentBundles.AsNoTracking().SingleAsync(one => one.Id == bundleId, ct);
        var documents = await db.Documents.AsNoTracking().ToDictionaryAsync(document => document.Id, ct);
        return new Papers(Names(bundle.BeforeReview), Names(bundle.BeforeTravel), Names(bundle.OnArrival), Names(bundle.Optional));

        LocalText[] Names(string[] ids) => [.. ids.Select(id => LocalText.Of(documents[id].Names, culture))];
    }
}
