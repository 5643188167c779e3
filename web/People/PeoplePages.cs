using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.People;

/// <summary>The part of the site in which an organisation of this kind finds its people, and the role that opens it.</summary>
public sealed record Section(string Kind, string Area, string Home, string AdminRole)
{
    public static readonly Section[] All = [new("clinic", "clinics", "/console", "admin"), new("agency", "agencies", "/agency", "admin"), new("operator", "operator", "/operator", "operator")];

    public string People => $"{Home}/people";

    public string Account => $"{Home}/account";

    public static bool Opens(string area, Person? person) => Array.Find(All, one => one.Area == area) is { } section && person?.ActsFor(section.Kind, section.AdminRole) == true;
}

/// <summary>The people of one's organisation, under <c>/console/people</c>, <c>/agency/people</c> and <c>/operator/people</c>: for its administrators only. Beside them everybody's own account.</summary>
public static class PeoplePages
{
    public static void AddPeople(this WebApplicationBuilder builder) => builder.Services.AddStaffClient<PeopleClient>(builder.Configuration, "Identity");

    public static void MapPeople(this IEndpointRouteBuilder pages)
    {
        foreach (var section in Section.All)
        {
            var people = pages.MapGroup(section.People).StaffOnly(section.Kind, section.AdminRole);
            ShowPeople.Map(people, section);
            InvitePerson.Map(people, section);
            ChangeInvitation.Map(people, section);
            ChangeRoles.Map(people, section);
            RemovePerson.Map(people, section);
            ResetSecondFactor.Map(people, section);
            ChangeName.Map(pages.MapGroup(section.Account).StaffOnly(section.Kind), section);
        }
    }

    /// <summary>Identity knows better than an older session who administers an organisation now.</summary>
    internal static IResult NoLongerAdmin(Section section, CurrentUser user) =>
        Pages.Page<Forbidden>(new Forbidden.View(section.Kind, user.Person!), StatusCodes.Status403Forbidden);

    internal static Task<Clients.Answer<Team>> TeamAsync(this PeopleClient client, CurrentUser user, CancellationToken ct) => client.OfAsync(user.Person!.OrganisationId!.Value, ct);

    internal static async Task<IResult> ConfirmAsync(string what, Section section, Guid account, PeopleClient client, CurrentUser user, string? error, CancellationToken ct)
    {
        if ((await client.TeamAsync(user, ct)).Value is not { } team)
        {
            return NoLongerAdmin(section, user);
        }

        return Array.Find(team.Members, one => one.AccountId == account) is { } member
            ? Pages.Page<ConfirmPage>(
                new ConfirmPage.View(what, section, user.Person!, team, member, error), error is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict)
            : Results.NotFound();
    }

    /// <summary>
    /// What changed holds at once: the member's sessions here end as those at the identity provider did. Null unless it is one's own; then the way on
    /// leads through signing in.
    /// </summary>
    internal static async Task<IResult?> EndSessionsAsync(Guid account, HttpContext http, CurrentUser user, Sessions sessions, string target, CancellationToken ct)
    {
        await sessions.EndAllAsync($"{account}", ct);
        if (user.Person!.Subject != $"{account}")
        {
            return null;
        }

        SessionCookie.Clear(http);
        return Pages.SeeOther(target);
    }
}
