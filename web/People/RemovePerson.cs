using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.People;

/// <summary>Removes a member, after a page that says what this does.</summary>
public static class RemovePerson
{
    public static void Map(IEndpointRouteBuilder people, Section section)
    {
        people.MapGet("/{account:guid}/remove", (Guid account, PeopleClient client, CurrentUser user, CancellationToken ct) => PeoplePages.ConfirmAsync("remove", section, account, client, user, null, ct));
        people.MapPost("/{account:guid}/remove", (Guid account, HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, CancellationToken ct) =>
            Handle(section, account, http, client, user, sessions, notices, site, ct)).ProtectForm();
    }

    private static async Task<IResult> Handle(
        Section section, Guid account, HttpContext http, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, CancellationToken ct)
    {
        // Who is gone already is what was wanted.
        if ((await client.RemoveAsync(user.Person!.OrganisationId!.Value, account, ct)).Problem is { Slug: not "member-unknown" } problem)
        {
            return await PeoplePages.ConfirmAsync("remove", section, account, client, user, Refusals.Key(problem), ct);
        }

        if (await PeoplePages.EndSessionsAsync(account, http, user, sessions, site.Url("/"), ct) is { } away)
        {
            return away;
        }

        notices.Leave("removed");
        return Pages.SeeOther(site.Url(section.People));
    }
}
