using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>When each machine works in a usual week.</summary>
public static class ShowHours
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/hours", async (ClinicClient client, CurrentUser user, Notices notices, CancellationToken ct) =>
            Pages.Page<HoursPage>(new HoursPage.View(user.Person!, (await client.ResourcesAsync(ct)).OrThrow(), notices.Take())));
    }
}
