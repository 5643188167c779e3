using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>Whether the center's plans are ranked by what their days are worth to those who come later: what that does, since when, by whom, and the switch.</summary>
public static class SwitchPolicy
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/policy", async (ClinicCourseClient client, CurrentUser user, Notices notices, CancellationToken ct) =>
        Pages.Page<PolicyPage>(new PolicyPage.View(user.Person!, (await client.PolicyAsync(ct)).OrThrow(), notices.Take())));

    /// <summary>Only admins: Booking says so too.</summary>
    public static void MapSwitching(IEndpointRouteBuilder console) => console.MapPost("/policy", Handle);

    private static async Task<IResult> Handle(IFormCollection form, ClinicCourseClient client, Notices notices, Site site, CancellationToken ct)
    {
        var on = form["scarcity"] == "on";
        notices.Leave((await client.SwitchPolicyAsync(on, ct)).Ok ? on ? "policy-on" : "policy-off" : "policy-refused");
        return Pages.SeeOther(site.Url("/console/policy"));
    }
}
