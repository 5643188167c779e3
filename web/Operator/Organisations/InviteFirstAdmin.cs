using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Web.Operator.Organisations;

/// <summary>Invites the administrator of an organisation that has none again, or another person in their place: the letter was lost, misdirected or ran out.</summary>
public static class InviteFirstAdmin
{
    public static void Map(IEndpointRouteBuilder area)
    {
        area.MapGet("/organisations/{id:guid}/invite", ShowAsync);
        area.MapPost("/organisations/{id:guid}/invite", Handle).ProtectForm();
    }

    private static async Task<IResult> ShowAsync(Guid id, OrganisationClient client, CancellationToken ct) =>
        await FindAsync(id, client, ct) is { } found ? Page(found, $"{Guid.CreateVersion7()}", found.FirstAdministrator?.Email ?? "", null, new()) : Results.NotFound();

    private static async Task<IResult> Handle(Guid id, HttpContext http, OrganisationClient client, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var (key, email, culture) = (form["key"].ToString(), form["email"].ToString().Trim(), Cultures.Find(form["culture"])?.Code ?? site.Language.Code);
        var problem = email.Length == 0 ? null : (await client.InviteFirstAdminAsync(id, email, culture, Keys.Of($"{key}|{email}|{culture}"), ct)).Problem;
        if (problem is null && email.Length > 0)
        {
            notices.Leave("invited");
            return Pages.SeeOther(site.Url("/operator/organisations"));
        }

        if (problem is { Slug: "has-administrator" })
        {
            notices.Leave("has-administrator");
            return Pages.SeeOther(site.Url("/operator/organisations"));
        }

        var errors = new FormErrors();
        errors.Add("email", texts[problem switch
        {
            null or { Slug: "invalid-fields" } => "people.error-email",
            { Status: StatusCodes.Status429TooManyRequests } => "people.error-too-many",
            _ => "people.error-refused",
        }]);
        return await FindAsync(id, client, ct) is { } found ? Page(found, key, email, culture, errors) : Results.NotFound();
    }

    private static RazorComponentResult<InviteFirstAdminPage> Page(OrganisationItem found, string key, string email, string? culture, FormErrors errors) => Pages.Page<InviteFirstAdminPage>(
        new InviteFirstAdminPage.View(found, key, email, culture, errors), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);

    /// <summary>Only one that still lacks an administrator.</summary>
    private static async Task<OrganisationItem?> FindAsync(Guid id, OrganisationClient client, CancellationToken ct) => (await client.FindAsync(id, ct)).Value is { Administered: false } found ? found : null;
}
