using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Outages;

/// <summary>Running courses by how near they are to a limit, and those who wait for time.</summary>
public static class ShowGuard
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/gap-guard", async (ClinicCourseClient client, CurrentUser user, CancellationToken ct) =>
            Pages.Page<GuardPage>(new GuardPage.View(user.Person!, (await client.GapGuardAsync(ct)).Value ?? [])));
        console.MapGet("/waitlist", async (ClinicCourseClient client, CurrentUser user, CancellationToken ct) =>
            Pages.Page<WaitlistPage>(new WaitlistPage.View(user.Person!, (await client.WaitlistAsync(ct)).Value ?? new ClinicWaitlist(0, 0, [], []))));
    }
}
