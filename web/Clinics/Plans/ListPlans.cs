using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>The treatment plans a center has issued, and the treatments for which it can issue one.</summary>
public static class ListPlans
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/plans", Handle);
        console.MapPost("/plans/{id:guid}/withdraw", Withdraw).ProtectForm();
    }

    private static async Task<IResult> Handle(ClinicCourseClient client, CurrentUser user, Notices notices, CancellationToken ct)
    {
        var plans = (await client.PlansAsync(ct)).Value ?? [];
        var offers = (await client.OrderableAsync(ct)).Value ?? [];
        return Pages.Page<PlansPage>(new PlansPage.View(user.Person!, plans, offers, notices.Take()));
    }

    private static async Task<IResult> Withdraw(Guid id, ClinicCourseClient client, Notices notices, Site site, CancellationToken ct)
    {
        notices.Leave((await client.WithdrawAsync(id, ct)).Ok ? "withdrawn" : "not-withdrawn");
        return Pages.SeeOther(site.Url("/console/plans"));
    }
}
