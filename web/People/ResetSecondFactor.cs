using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.People;

/// <summary>Lets a member set up their second factor anew, after a page that says what this does: the phone is lost, the app was deleted.</summary>
public static class ResetSecondFactor
{
    public static void Map(IEndpointRouteBuilder people, Section section)
    {
        people.MapGet("/{account:guid}/reset", (Guid account, PeopleClient client, CurrentUser user, CancellationToken ct) => PeoplePages.ConfirmAsync("reset", section, account, client, user, null, ct));
        people.MapPost("/{account:guid}/reset", (Guid account, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, CancellationToken ct) =>
            Handle(section, account, client, user, sessions, notices, site, ct)).ProtectForm();
    }

    private static async Task<IResult> Handle(
        Section section, Guid account, PeopleClient client, CurrentUser user, Sessions sessions, Notices notices, Site site, CancellationToken ct)
    {
        if ((await client.ResetSecondFactorAsync(user.Person!.OrganisationId!.Value, account, ct)).Problem is { } problem)
        {
            return await PeoplePages.ConfirmAsync("reset", section, account, client, user, problem.Slug == "member-unknown" ? "people.error-elsewhere" : Refusals.Key(problem), ct);
        }

        await sessions.EndAllAsync($"{account}", ct); // never one's own: Identity refuses that
        notices.Leave("reset");
        return Pages.SeeOther(site.Url(section.People));
    }
}
