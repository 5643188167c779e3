using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.People;

/// <summary>Sends an invitation again, or takes it back. Who accepted it meanwhile is among the members then.</summary>
public static class ChangeInvitation
{
    public static void Map(IEndpointRouteBuilder people, Section section)
    {
        people.MapPost("/invitations/{id:guid}/again", async (Guid id, PeopleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct) =>
            Done((await client.ResendAsync(user.Person!.OrganisationId!.Value, id, Keys.Of($"again|{id}"), ct)).Problem, "sent-again", section, notices, site)).ProtectForm();
        people.MapPost("/invitations/{id:guid}/take-back", async (Guid id, PeopleClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct) =>
            Done((await client.TakeBackAsync(user.Person!.OrganisationId!.Value, id, ct)).Problem, "taken-back", section, notices, site)).ProtectForm();
    }

    private static IResult Done(Clients.Problem? problem, string did, Section section, Notices notices, Site site)
    {
        notices.Leave(problem switch { null => did, { Status: StatusCodes.Status429TooManyRequests } => "too-many", _ => "gone" });
        return Pages.SeeOther(site.Url(section.People));
    }
}
