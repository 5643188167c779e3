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

    private static Dictionary<string, string> Blank(TimeProvider clock)
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
        var (from, to) = (Day("from"), Day("to"));
        if (from > to)
        {
            model.Errors.Add("to", texts["change.wait-order"]);
        }

        if (model["family"].Length == 0)
        {
            model.Errors.Add("family", texts["book.family-error"]);
        }

        if (!model["email"].Contains('@', StringComparison.Ordinal))
        {
            model.Errors.Add("email", texts["change.email-error"]);
        }

        if (model.Errors.Any)
        {
            return Pages.Page<JoinPage>(model, StatusCodes.Status422UnprocessableEntity);
        }

        var part = Plans.ChooseDates.Parts.FirstOrDefault(one => one.Name == model["part"]);
        var joined = await changes.JoinAsync(
            new(id, from!.Value, to!.Value, null, part.From, part.To, new(model["family"], model["given"]), new(model["email"], Cultures.Current.Code, site.PatientTimeZone, false)),
            Keys.Of($"{model.FormKey}|{id}|{model["email"]}"), ct);
        if (joined.Value is { } place)
        {
            cookies.Write($"wait-{place.EntryId:N}", place.AccessKey, KeyLasts);
            return Pages.SeeOther(site.Url($"/waitlist/{place.EntryId}"));
        }

        return Pages.Page<JoinPage>(model with { Refused = joined.Problem!.Slug }, StatusCodes.Status409Conflict);

        DateOnly? Day(string field)
        {
            if (DateOnly.TryParseExact(Formats.WesternDigits(model[field]), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            model.Errors.Add(field, texts["plan.day-error"]);
            return null;
        }
    }
}
