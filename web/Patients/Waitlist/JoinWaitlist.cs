using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Waitlist;

/// <summary>A place on the waiting list for an offer: which days, and how to reach the one who waits.</summary>
public static class JoinWaitlist
{
    private static readonly TimeSpan KeyLasts = TimeSpan.FromDays(100);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/offers/{id:guid}/wait", Show);
        pages.MapPost("/offers/{id:guid}/wait", Handle);
    }

    public sealed record Model(Offer Offer, Dictionary<string, string> Fields, FormErrors Errors, string FormKey, string? Refused)
    {
        public string this[string field] => Fields.GetValueOrDefault(field, "");
    }

    private static async Task<IResult> Show(Guid id, CatalogClient catalog, TimeProvider clock, CancellationToken ct) =>
        (await catalog.OfferAsync(id, ct)).Value is { Mode: "instant" } offer
            ? Pages.Page<JoinPage>(new Model(offer, Blank(clock), new(), Guid.CreateVersion7().ToString("N"), null))
            : TypedResults.StatusCode(StatusCodes.Status404NotFound);

    public static Dictionary<string, string> Blank(TimeProvider clock)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return new() { ["from"] = $"{today.AddDays(1):yyyy-MM-dd}", ["to"] = $"{today.AddDays(15):yyyy-MM-dd}", ["part"] = "any" };
    }

    private static async Task<IResult> Handle(
        Guid id, IFormCollection form, CatalogClient catalog, ChangeClient changes, SecretCookies cookies, Site site, Texts texts, CancellationToken ct)
    {
        if ((await catalog.OfferAsync(id, ct)).Value is not { } offer)
        {
            return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        }

        var model = new Model(offer, form.Keys.ToDictionary(key => key, key => form[key].ToString().Trim()), new(), form["key"].ToString(), null);
        if (RequestOf(offer.Id, model.Fields, model.Errors, texts, site.PatientTimeZone) is not { } request)
        {
            return Pages.Page<JoinPage>(model, StatusCodes.Status422UnprocessableEntity);
        }

        var joined = await changes.JoinAsync(request, Keys.Of($"{model.FormKey}|{id}|{model["email"]}"), ct);
        if (joined.Value is { } place)
        {
            cookies.Write($"wait-{place.EntryId:N}", place.AccessKey, KeyLasts);
            return Pages.SeeOther(site.Url($"/waitlist/{place.EntryId}"));
        }

        return Pages.Page<JoinPage>(model with { Refused = joined.Problem!.Slug }, StatusCodes.Status409Conflict);
    }

    /// <summary>What was typed as a request; null if something is wrong, which the errors then say.</summary>
    public static WaitlistRequest? RequestOf(Guid offer, IReadOnlyDictionary<string, string> typed, FormErrors errors, Texts texts, string? timeZone)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(texts);
        var (from, to) = (Day("from"), Day("to"));
        Require("to", !(from > to), "change.wait-order");
        Require("family", Typed("family").Length > 0, "book.family-error");
        Require("email", Typed("email").Contains('@', StringComparison.Ordinal), "change.email-error");
        if (errors.Any)
        {
            return null;
        }

        var part = Plans.ChooseDates.Parts.FirstOrDefault(one => one.Name == Typed("part"));
        var culture = Cultures.Find(Typed("culture"))?.Code ?? Cultures.Current.Code;
        return new(
            offer, from!.Value, to!.Value, null, part.From, part.To, new(Typed("family"), Typed("given")), new(Typed("email"), culture, timeZone, false));

        string Typed(string field) => typed.GetValueOrDefault(field, "");

        void Require(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add(field, texts[otherwise]);
            }
        }

        DateOnly? Day(string field)
        {
            if (DateOnly.TryParseExact(Formats.WesternDigits(Typed(field)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            errors.Add(field, texts["plan.day-error"]);
            return null;
        }
    }
}
