using MedTourism.Web.Locales;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.People;

/// <summary>One member with what they may do, and the form to change that. Identity keeps the last administrator.</summary>
public static class ChangeRoles
{
    public static void Map(IEndpointRouteBuilder people, Section section)
    {
        people.MapGet("/{account:guid}", (Guid account, PeopleClient client, CurrentUser user, CancellationToken ct) => ShowAsync(section, account, client, user, null, new(), ct));
        people.MapPost("/{account:guid}", (Guid account, HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, Texts texts, CancellationToken ct) =>
            Handle(section, account, http, client, user, sessions, notices, site, texts, ct)).ProtectForm();
    }

    private static async Task<IResult> Handle(
        Section section, Guid account, HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        string[] roles = [.. (await http.Request.ReadFormAsync(ct))["roles"].OfType<string>()];
        var errors = new FormErrors();
        if (roles.Length == 0)
        {
            errors.Add("roles", texts["people.error-roles"]);
        }
        else if ((await client.ChangeAsync(user.Person!.OrganisationId!.Value, account, roles, ct)).Problem is { } problem)
        {
            errors.Add("roles", texts[Refusals.Key(problem)]);
        }

        if (errors.Any)
        {
            return await ShowAsync(section, account, client, user, roles, errors, ct);
        }

        if (await PeoplePages.EndSessionsAsync(account, http, user, sessions, site.Url("/sign-in") + QueryString.Create("return", site.Url(section.Home)), ct) is { } away)
        {
            return away;
        }

        notices.Leave("changed");
        return Pages.SeeOther(site.Url(section.People));
    }

    private static async Task<IResult> ShowAsync(Section section, Guid account, PeopleClient client, CurrentUser user, string[]? typed, FormErrors errors, CancellationToken ct)
    {
        if ((await client.TeamAsync(user, ct)).Value is not { } team)
        {
            return PeoplePages.NoLongerAdmin(section, user);
        }

        return Array.Find(team.Members, one => one.AccountId == account) is { } member
            ? Pages.Page<PersonPage>(
                new PersonPage.View(section, user.Person!, team, member, typed ?? member.Roles, errors), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK)
            : Results.NotFound();
    }
}

/// <summary>Why Identity left a member as they were.</summary>
internal static class Refusals
{
    public static string Key(Clients.Problem problem) => problem switch
    {
        { Slug: "last-administrator" } => "people.error-last",
        { Slug: "demo-account" } => "people.error-demo",
        { Slug: "member-unknown" } => "people.error-gone",
        { Status: StatusCodes.Status429TooManyRequests } => "people.error-too-many",
        _ => "people.error-refused",
    };
}
