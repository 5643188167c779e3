using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.People;

/// <summary>Invites somebody by letter, with the roles they will have.</summary>
public static class InvitePerson
{
    public static void Map(IEndpointRouteBuilder people, Section section) => people.MapPost("", (
        HttpContext http, PeopleClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct) => Handle(section, http, client, user, notices, site, texts, ct)).ProtectForm();

    private static async Task<IResult> Handle(
        Section section, HttpContext http, PeopleClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var typed = new ShowPeople.Invitation(form["key"].ToString(), form["email"].ToString().Trim(), [.. form["roles"].OfType<string>()], Cultures.Find(form["culture"])?.Code ?? site.Language.Code);
        var errors = new FormErrors();
        if (typed.Email.Length == 0)
        {
            errors.Add("email", texts["people.error-email"]);
        }

        if (typed.Roles.Length == 0)
        {
            errors.Add("roles", texts["people.error-roles"]);
        }

        if (!errors.Any)
        {
            // What was typed is part of the key: the form corrected is another request.
            var key = Keys.Of($"{typed.Key}|{typed.Email}|{string.Join(' ', typed.Roles)}|{typed.Culture}");
            var answer = await client.InviteAsync(user.Person!.OrganisationId!.Value, typed.Email, typed.Roles, typed.Culture!, key, ct);
            if (answer.Ok)
            {
                notices.Leave("invited");
                return Pages.SeeOther(site.Url(section.People));
            }

            Tell(answer.Problem!, errors, texts);
        }

        return await ShowPeople.PageAsync(section, client, user, null, typed, errors, ct);
    }

    private static void Tell(Problem problem, FormErrors errors, Texts texts)
    {
        switch (problem.Slug)
        {
            case "invalid-fields":
                foreach (var field in problem.Errors.Keys)
                {
                    errors.Add(field == "roles" ? "roles" : "email", texts[field == "roles" ? "people.error-roles" : "people.error-email"]);
                }

                break;
            case "already-member":
                errors.Add("email", texts["people.error-member"]);
                break;
            default:
                errors.Add("email", texts[problem.Status == StatusCodes.Status429TooManyRequests ? "people.error-too-many" : "people.error-refused"]);
                break;
        }
    }
}
