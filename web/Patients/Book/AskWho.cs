using System.Globalization;
using System.Text.RegularExpressions;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Book;

/// <summary>Who the appointment is for: name as in the passport, date of birth, citizenship.</summary>
public static partial class AskWho
{
    private static readonly string[] Fields = ["who", "given", "family", "single", "latin-asked", "dob-d", "dob-m", "dob-y", "citizenship"];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/book/{hold:guid}/who", async (Guid hold, BookStep step, CatalogClient catalog, CancellationToken ct) =>
        {
            var (model, instead) = await step.OpenAsync(hold, ct);
            return model is null ? instead! : Pages.Page<WhoPage>(await WithCountriesAsync(model, catalog, ct));
        });
        pages.MapPost("/book/{hold:guid}/who", (Guid hold, IFormCollection form, BookStep step, CatalogClient catalog, Texts texts, TimeProvider clock, CancellationToken ct) =>
            step.TakeAsync<WhoPage>(hold, form, "who", Fields, model => Check(model, texts, clock.GetUtcNow()), (model, stop) => WithCountriesAsync(model, catalog, stop), ct));
    }

    public static FormErrors Check(BookStep.Model model, Texts texts, DateTimeOffset now)
    {
        var errors = new FormErrors();
        if (model["who"] is not ("self" or "other"))
        {
            errors.Add("who", texts["book.who-error"]);
        }

        if (model["given"].Length == 0 && !model.Draft.Ticked("single"))
        {
            errors.Add("given", texts["book.given-error"]);
        }

        if (model["family"].Length == 0)
        {
            errors.Add("family", texts["book.family-error"]);
        }

        // Not Latin: asked once to type it as in the passport; whoever insists is believed, passports differ.
        if (model["latin-asked"] != Names(model))
        {
            foreach (var field in new[] { "given", "family" })
            {
                if (NotLatin().IsMatch(model[field]))
                {
                    var suggestion = Transliteration.Latin(model[field]);
                    errors.Add(field, NotLatin().IsMatch(suggestion) ? texts["book.latin-error"] : texts["book.latin-suggest", ("name", suggestion)]);
                }
            }
        }

        if (DateOfBirth(model.Draft) is not { } born || born >= DateOnly.FromDateTime(now.UtcDateTime) || born.Year < 1900)
        {
            errors.Add("dob-d", texts["book.dob-error"]);
        }

        if (model["citizenship"].Length != 2)
        {
            errors.Add("citizenship", texts["book.citizenship-error"]);
        }

        return errors;
    }

    public static string Names(BookStep.Model model) => $"{model["given"]}|{model["family"]}";

    public static DateOnly? DateOfBirth(Draft draft) => DateOnly.TryParseExact(
        Formats.WesternDigits($"{draft["dob-y"]}-{draft["dob-m"].PadLeft(2, '0')}-{draft["dob-d"].PadLeft(2, '0')}"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) ? born : null;

    public static string FullName(Draft draft) => $"{(draft.Ticked("single") ? "" : draft["given"])} {draft["family"]}".Trim();

    public static async Task<BookStep.Model> WithCountriesAsync(BookStep.Model model, CatalogClient catalog, CancellationToken ct) => model with
    {
        Countries = [.. ((await catalog.CountriesAsync(ct)).Value ?? []).OrderBy(country => country.Name.Text, StringComparer.Create(Cultures.Current.Culture, true))],
    };

    [GeneratedRegex(@"[^\p{IsBasicLatin}\p{IsLatin-1Supplement}\p{IsLatinExtended-A}\p{IsLatinExtended-B}\p{IsLatinExtendedAdditional}]")]
    private static partial Regex NotLatin();
}
