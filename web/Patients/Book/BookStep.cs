using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Book;

/// <summary>What the question pages have in common: the draft, the live hold, the offer, and the order of the pages.</summary>
public sealed class BookStep(SecretCookies cookies, BookingClient booking, CatalogClient catalog, Texts texts, TimeProvider clock)
{
    /// <summary>A question page as shown: what was typed, what is wrong with it.</summary>
    public sealed record Model(Draft Draft, Hold Hold, Offer Offer, FormErrors Errors, IReadOnlyList<Country> Countries, FirstTouch? Referral = null, Earner? Earner = null)
    {
        public string this[string field] => Draft[field];

        public int Status => Errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
    }

    public sealed record Ended(Draft? Draft, Offer? Offer);

    /// <summary>The model of a page, or the page to show instead when the hold is gone or already became a booking.</summary>
    public async Task<(Model? Model, IResult? Instead)> OpenAsync(Guid holdId, CancellationToken ct)
    {
        if (cookies.Draft(holdId) is not { } draft)
        {
            return (null, Pages.Page<HoldEndedPage>(new Ended(null, null), StatusCodes.Status404NotFound));
        }

        if (draft.BookingId is { } booked)
        {
            return (null, Pages.SeeOther($"/{Cultures.Current.Code}/booking/{booked}"));
        }

        var hold = await booking.HoldAsync(holdId, draft.AccessKey, ct);
        var offer = await catalog.OfferAsync(draft.OfferId, ct);
        return hold.Value is { State: null or "held" } live && live.ExpiresAt > live.ServerNow && offer.Value is { } found
            ? (new(draft, live, found, new(), []), null)
            : (null, Over(draft, offer.Value));
    }

    public static IResult Over(Draft draft, Offer? offer) => Pages.Page<HoldEndedPage>(new Ended(draft, offer), StatusCodes.Status410Gone);

    /// <summary>Takes a page's form: keeps what was typed, then either keeps the time longer, shows the page again with its errors, or goes on.</summary>
    public async Task<IResult> TakeAsync<TPage>(Guid holdId, IFormCollection form, string step, string[] fields, Func<Model, FormErrors> check, Func<Model, CancellationToken, Task<Model>>? complete, CancellationToken ct)
        where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        var (model, instead) = await OpenAsync(holdId, ct);
        if (model is null)
        {
            // The hold is over, what was typed is not.
            if (cookies.Draft(holdId) is { BookingId: null } late)
            {
                cookies.Save(Typed(late, form, fields));
            }

            return instead!;
        }

        var draft = Typed(model.Draft, form, fields);
        cookies.Save(draft);
        if (form["action"] == "extend")
        {
            await booking.ExtendAsync(holdId, draft.AccessKey, Keys.Of($"{holdId}|{model.Hold.ExpiresAt:O}"), ct);
            return Pages.SeeOther(Address(holdId, step));
        }

        model = model with { Draft = draft };
        var errors = check(model);
        if (errors.Any)
        {
            model = model with { Errors = errors };
            return Pages.Page<TPage>(complete is null ? model : await complete(model, ct), StatusCodes.Status422UnprocessableEntity);
        }

        return Pages.SeeOther(Address(holdId, Next(model)));
    }

    /// <summary>The first page that is not answered yet; the last one is the check.</summary>
    public string Next(Model model) =>
        AskWho.Check(model, texts, clock.GetUtcNow()).Any ? "who"
        : AskContact.Check(model, texts).Any ? "contact"
        : AskHealth.Check(model, texts).Any ? "health"
        : AskHealth.Blocking(model) ? "call"
        : "check";

    public static string Address(Guid hold, string step) => $"/{Cultures.Current.Code}/book/{hold}/{step}";

    private static Draft Typed(Draft draft, IFormCollection form, string[] fields)
    {
        var kept = new Dictionary<string, string>(draft.Fields, StringComparer.Ordinal);
        foreach (var field in fields)
        {
            // Bounded, because a cookie is: a longer text is no name, address or answer.
            var text = form[field].ToString().Trim();
            kept[field] = text.Length > 120 ? text[..120] : text;
        }

        return draft with { Fields = kept };
    }
}
