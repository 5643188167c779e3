using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Agencies;

/// <summary>Which treatment a form is about: found by words, of which one is chosen, or the address of its page in place of words.</summary>
public static class PickOffer
{
    private const int Most = 8;
    private const int LongestWords = 100;

    /// <summary>The field of the words, that of the choice, and the words the shown results belong to.</summary>
    public const string Words = "q";
    public const string Choice = "offer";
    public const string Asked = "asked";

    /// <summary>What is shown to choose from, and how many more there are; <see cref="Chosen"/> is one of them.</summary>
    public sealed record Model(string Typed, OfferCard[] Found, int More, Guid? Chosen);

    /// <summary>Whether the form was sent to search. Enter in any field sends it by its first button, which is the search: with nothing new to look for it is not.</summary>
    public static bool IsSearch(IReadOnlyDictionary<string, string> typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        return typed.GetValueOrDefault("action") == "find" && !(typed.GetValueOrDefault(Choice, "").Length > 0 && typed.GetValueOrDefault(Words, "") == typed.GetValueOrDefault(Asked, ""));
    }

    /// <summary>What the form shows, and the offer that is chosen if it is one that is booked online; errors say what is missing.</summary>
    public static async Task<(Model Model, OfferCard? Offer)> ReadAsync(
        IReadOnlyDictionary<string, string> typed, bool search, FormErrors errors, CatalogClient catalog, Texts texts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(texts);
        var words = typed.GetValueOrDefault(Words, "");
        var addressed = ShowAgency.OfferIn().Match(words) is { Success: true } address ? Guid.Parse(address.Value) : (Guid?)null;
        var chosen = addressed ?? (ShowAgency.OfferIn().Match(typed.GetValueOrDefault(Choice, "")) is { Success: true } match ? Guid.Parse(match.Value) : null);
        var offer = chosen is { } id ? (await catalog.OfferAsync(id, ct)).Value : null;
        if (addressed is not null || (chosen is not null && words.Length == 0))
        {
            Require(offer is not null, "agencies.wait-offer-gone");
            Require(offer is null or { Mode: "instant" }, "agencies.wait-offer-mode");
            return offer is { Mode: "instant" } ? (new(words, [offer], 0, offer.Id), offer) : (new(words, [], 0, null), null);
        }

        if (words.Length == 0)
        {
            Require(false, "agencies.wait-offer-error");
            return (new(words, [], 0, null), null);
        }

        var found = (await catalog.SearchAsync(new(words.Length > LongestWords ? words[..LongestWords] : words, Mode: "instant", Size: Most), ct)).OrThrow();
        var shown = found.Items;

        // What was chosen among other words stays in sight, first.
        if (offer is { Mode: "instant" } && shown.All(one => one.Id != offer.Id))
        {
            shown = [offer, .. shown];
        }

        Require(search || offer is { Mode: "instant" }, found.Total == 0 ? "agencies.wait-offer-error" : "agencies.wait-offer-pick");
        return (new(words, shown, Math.Max(0, found.Total - found.Items.Length), offer?.Id), offer is { Mode: "instant" } ? offer : null);

        void Require(bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add(Words, texts[otherwise]);
            }
        }
    }
}
