using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Operator.Organisations;

/// <summary>Lets a clinic or an agency in: the letter to its first administrator goes out at once.</summary>
public static class CreateOrganisation
{
    private const int LongestName = 120;

    private static readonly string[] Fields = ["key", "kind", "name", "center", "email", "culture"];

    public static void Map(IEndpointRouteBuilder area)
    {
        area.MapGet("/organisations/new", (CatalogClient catalog, CancellationToken ct) => PageAsync(catalog, new() { ["key"] = $"{Guid.CreateVersion7()}" }, new(), ct));
        area.MapPost("/organisations/new", Handle).ProtectForm();
    }

    private static async Task<IResult> Handle(HttpContext http, CatalogClient catalog, OrganisationClient client, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var typed = Fields.ToDictionary(field => field, field => form[field].ToString().Trim());
        var errors = Check(typed, texts);
        if (!errors.Any)
        {
            var (center, culture) = (typed["kind"] == "clinic" ? typed["center"] : null, Cultures.Find(typed["culture"])?.Code ?? site.Language.Code);

            // What was typed is part of the key: the form corrected is another request.
            var key = Keys.Of(string.Join('|', Fields.Select(field => typed[field])));
            var answer = await client.CreateAsync(typed["kind"], typed["name"], center, typed["email"], culture, key, ct);
            if (answer.Ok)
            {
                notices.Leave("created", ("name", typed["name"]));
                return Pages.SeeOther(site.Url("/operator/organisations"));
            }

            Tell(answer.Problem!, errors, texts);
        }

        return await PageAsync(catalog, typed, errors, ct);
    }

    private static FormErrors Check(Dictionary<string, string> typed, Texts texts)
    {
        var errors = new FormErrors();
        if (typed["kind"] is not ("clinic" or "agency"))
        {
            errors.Add("kind", texts["organisations.error-kind"]);
        }

        if (typed["kind"] == "clinic" && typed["center"].Length == 0)
        {
            errors.Add("center", texts["organisations.error-center"]);
        }

        if (typed["name"].Length is 0 or > LongestName)
        {
            errors.Add("name", texts["organisations.error-name", ("n", LongestName)]);
        }

        if (typed["email"].Length == 0)
        {
            errors.Add("email", texts["people.error-email"]);
        }

        return errors;
    }

    private static void Tell(Problem problem, FormErrors errors, Texts texts)
    {
        switch (problem)
        {
            case { Slug: "center-taken" }:
                errors.Add("center", texts["organisations.error-taken"]);
                break;
            case { Slug: "invalid-fields" } when problem.Errors.ContainsKey("adminEmail"):
                errors.Add("email", texts["people.error-email"]);
                break;
            default:
                errors.Add("kind", texts[problem.Status == StatusCodes.Status429TooManyRequests ? "people.error-too-many" : "organisations.error-refused"]);
                break;
        }
    }

    /// <summary>Only centers of the Catalog can be chosen: under their ids its offers and Booking's calendars find the clinic.</summary>
    private static async Task<IResult> PageAsync(CatalogClient catalog, Dictionary<string, string> typed, FormErrors errors, CancellationToken ct) =>
        Pages.Page<CreateOrganisationPage>(
            new CreateOrganisationPage.View((await catalog.CentersAsync(ct)).OrThrow(), typed, errors), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
}
