using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.People;

/// <summary>Who works here, who is invited and has not come yet, and the form to invite somebody.</summary>
public static class ShowPeople
{
    public static void Map(IEndpointRouteBuilder people, Section section) =>
        people.MapGet("", (PeopleClient client, CurrentUser user, Notices notices, CancellationToken ct) => PageAsync(section, client, user, notices.Take(), Invitation.Blank(), new(), ct));

    /// <summary>What is typed in the form.</summary>
    public sealed record Invitation(string Key, string Email, string[] Roles, string? Culture)
    {
        public static Invitation Blank() => new($"{Guid.CreateVersion7()}", "", [], null);
    }

    public static async Task<IResult> PageAsync(Section section, PeopleClient client, CurrentUser user, Notice? notice, Invitation typed, FormErrors errors, CancellationToken ct) =>
        (await client.TeamAsync(user, ct)).Value is { } team
            ? Pages.Page<PeoplePage>(new PeoplePage.View(section, user.Person!, team, typed, errors, notice), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK)
            : PeoplePages.NoLongerAdmin(section, user);
}
