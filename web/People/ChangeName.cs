using MedTourism.Web.Locales;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Web.People;

/// <summary>A member's own account: tells their name, or another one. Colleagues see it where people are listed.</summary>
public static class ChangeName
{
    public static void Map(IEndpointRouteBuilder account, Section section)
    {
        account.MapGet("", async (PeopleClient client, Notices notices, CancellationToken ct) => Show(section, (await client.MeAsync(ct)).OrThrow(), null, new(), notices.Take()));
        account.MapPost("", (HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, Texts texts, CancellationToken ct) =>
            Handle(section, http, client, user, sessions, notices, site, texts, ct)).ProtectForm();
    }

    private static async Task<IResult> Handle(
        Section section, HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var typed = (await http.Request.ReadFormAsync(ct))["name"].ToString();
        var errors = new FormErrors();
        if (string.IsNullOrWhiteSpace(typed))
        {
            errors.Add("name", texts["people.error-name-missing"]);
            return Show(section, (await client.MeAsync(ct)).OrThrow(), typed, errors, null);
        }

        var answer = await client.ChangeNameAsync(typed, ct);
        if (answer.Problem is { } problem)
        {
            errors.Add("name", texts[problem.Slug == "invalid-fields" ? "people.error-name" : Refusals.Key(problem)]);
            return Show(section, (await client.MeAsync(ct)).OrThrow(), typed, errors, null);
        }

        await sessions.RenameAsync(user.SessionId!, answer.Value!.Name!);
        notices.Leave("named");
        return Pages.SeeOther(site.Url(section.Account));
    }

    private static RazorComponentResult<AccountPage> Show(Section section, Me me, string? typed, FormErrors errors, Notice? notice) =>
        Pages.Page<AccountPage>(new AccountPage.View(section, me, typed, errors, notice), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
}
