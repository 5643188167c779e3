using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Seeding;
using MedTourism.Catalog.Texts;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Catalog.Offers;

/// <summary>The terms a procedure is offered under at a center. Prices are illustrative: no center's list for foreigners was found.</summary>
public static class OfferTerms
{
    public static Offer Of(
        Procedure procedure, Center center, IReadOnlyCollection<Machine> machines, IEnumerable<ScreeningQuestion> questions, PriceRules rules)
    {
        ArgumentNullException.ThrowIfNull(procedure);
        ArgumentNullException.ThrowIfNull(center);
        ArgumentNullException.ThrowIfNull(rules);
        var mode = ModeOf(procedure, machines);
        var usd = PriceUsd(procedure, center.Id, rules);
        long? price = usd is null ? null : ToKzt(usd.Value, rules) * 100;
        return new Offer
        {
            Id = OfferId.Of(procedure.Id, center.Id),
            ProcedureId = procedure.Id,
            CenterId = center.Id,
            Mode = mode,
            PriceMinor = price,
            PriceUsdMinor = usd * 100,
            DepositMinor = mode is "instant" or "cycle" && price is not null ? Deposit(price.Value, rules) : 0,
            Currency = "KZT",
            PriceBasis = procedure.PriceUsd?.Basis ?? "not for sale",
            KztPerUsd = rules.KztPerUsd,
            RateAsOf = rules.AsOf,
            RateSource = rules.Source,
            Languages = center.Languages,
            Cancellation = rules.Cancellation.Single(ladder => ladder.Mode == mode).Steps,
            BlockingQuestions = [.. questions.Where(question => question.OnYes == "block" && question.IsAskedFor(procedure)).Select(question => question.Id)],
            Demo = center.Demo,
        };
    }

    /// <summary>
    /// The procedure's own mode, unless a machine it needs is known at the center and none of its kind is open, or an instant booking would
    /// need a machine the center is not known to have: then a person must be asked.
    /// </summary>
    public static string ModeOf(Procedure procedure, IReadOnlyCollection<Machine> machines)
    {
        ArgumentNullException.ThrowIfNull(procedure);
        if (procedure.Mode is "not-bookable" or "enquiry")
        {
            return procedure.Mode;
        }

        foreach (var kind in procedure.ResourceKinds)
        {
            var known = machines.Where(machine => machine.Kind == kind).ToList();
            if (!known.Exists(machine => machine.IsOpen) && (known.Count > 0 || procedure.Mode == "instant"))
            {
                return "enquiry";
            }
        }

        return procedure.Mode;
    }

    /// <summary>What a change of terms is judged by: everything that is told to the other services.</summary>
    public static string HashOf(OfferPublished message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Hash(Json.Write(message with { Version = 0, PublishedAt = default }));
    }

    public static string HashOf(EquipmentStatusChanged message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Hash(Json.Write(message with { Version = 0, ChangedAt = default }));
    }

    public static string HashOf(EntryRuleDeclared message) => Hash(Json.Write(message));

    public static OfferPublished ToMessage(Offer offer, Procedure procedure, Pattern pattern, Center center, City city)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(procedure);
        ArgumentNullException.ThrowIfNull(center);
        ArgumentNullException.ThrowIfNull(city);
        return new OfferPublished(
            offer.Id, offer.Version, procedure.Id, procedure.Names, procedure.LineId, center.Id, center.Names, city.Id, city.TimeZone, offer.Mode,
            procedure.DurationMinutes, procedure.ResourceKinds, offer.PriceMinor ?? 0, offer.DepositMinor, offer.Currency, offer.Cancellation,
            offer.BlockingQuestions, offer.Demo, offer.PublishedAt, CourseOf.Pattern(pattern));
    }

    /// <summary>Somewhere in the middle of the procedure's range, always the same for the same center.</summary>
    private static long? PriceUsd(Procedure procedure, string centerId, PriceRules rules)
    {
        if (procedure.PriceUsd is not { } range)
        {
            return null;
        }

        var share = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"price:{procedure.Id}|{centerId}"))) / (double)uint.MaxValue;
        var price = range.Min + ((range.Max - range.Min) * (0.2 + (0.6 * share)));
        return (long)Math.Round(price / rules.RoundToUsd, MidpointRounding.AwayFromZero) * rules.RoundToUsd;
    }

    private static long ToKzt(long usd, PriceRules rules) => Round(usd * rules.KztPerUsd, rules.RoundToKzt);

    private static long Deposit(long priceMinor, PriceRules rules) =>
        Math.Min(priceMinor, Math.Max(rules.DepositMinimumKzt, Round(priceMinor / 100m * rules.DepositPercent / 100m, rules.RoundToKzt)) * 100);

    private static long Round(decimal amount, int step) => (long)Math.Round(amount / step, MidpointRounding.AwayFromZero) * step;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
