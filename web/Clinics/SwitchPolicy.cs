using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>Whether the center's plans are ranked by what their days are worth to those who come later: what that does, since when, by whom, and the switch.</summary>
public static class SwitchPolicy
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/policy", async (
        ClinicCourseClient client, MemberClient members, CurrentUser user, Notices notices, CancellationToken ct) =>
    {
        var policy = (await client.PolicyAsync(ct)).OrThrow();
        return Pages.Page<PolicyPage>(new PolicyPage.View(user.Person!, policy, await WhoAsync(policy, user.Person!, members, ct), notices.Take()));
    });

    /// <summary>
    /// Admins see the names of their center's people in Identity, and who left is not there any more; everyone else reads that it was an admin. Nothing is
    /// guessed: without an answer it is an admin too.
    /// </summary>
    public sealed record Who(string Kind, string? Name = null);

    private static async Task<Who?> WhoAsync(CoursePolicy policy, Person person, MemberClient members, CancellationToken ct)
    {
        if (policy.Since is null)
        {
            return null;
        }

        if (policy.By is null || policy.By == person.Subject)
        {
            return new(policy.By is null ? "unknown" : "you");
        }

        if (!person.ActsFor("clinic", "admin") || person.OrganisationId is not { } center || !Guid.TryParse(policy.By, out var account))
        {
            return new("other");
        }

        try
        {
            return (await members.OfAsync(center, ct)).Value is { } known
                ? known.Members.FirstOrDefault(one => one.AccountId == account) is { } member ? new("other", member.Name) : new("left")
                : new("other");
        }
        catch (ServiceUnavailableException)
        {
            return new("other");
        }
    }

    /// <summary>Only admins: Booking says so too.</summary>
    public static void MapSwitching(IEndpointRouteBuilder console) => console.MapPost("/policy", Handle);

    private static async Task<IResult> Handle(IFormCollection form, ClinicCourseClient client, Notices notices, Site site, CancellationToken ct)
    {
        var on = form["scarcity"] == "on";
        notices.Leave((await client.SwitchPolicyAsync(on, ct)).Ok ? on ? "policy-on" : "policy-off" : "policy-refused");
        return Pages.SeeOther(site.Url("/console/policy"));
    }
}
