using MedTourism.Web.Patients.Book;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Agencies;

/// <summary>The patients an agency lets wait: their place in line, a time held for one now, and taking it, letting it pass or leaving.</summary>
public static class ShowWaitlist
{
    public static void Map(IEndpointRouteBuilder agency)
    {
        agency.MapGet("/waitlist", async (AgencyWaitlistClient client, Notices notices, CancellationToken ct) =>
            Pages.Page<WaitlistPage>(new WaitlistPage.View((await client.ListAsync(ct)).OrThrow(), notices.Take())));
        agency.MapPost("/waitlist/{id:guid}/take", TakeAsync);
        agency.MapPost("/waitlist/{id:guid}/decline", DeclineAsync);
        agency.MapPost("/waitlist/{id:guid}/leave", LeaveAsync).ProtectForm();
    }

    /// <summary>The agency books in the patient's stead with the questions everyone answers. That it let the patient wait is what makes the booking its own.</summary>
    private static async Task<IResult> TakeAsync(
        Guid id, [FromForm] string? given, [FromForm] string? family, AgencyWaitlistClient client, SecretCookies cookies, Notices notices, Site site, TimeProvider clock, CancellationToken ct)
    {
        if ((await client.ClaimAsync(id, ct)).Value is not { AccessKey: { } key } hold)
        {
            notices.Leave("wait-gone");
            return Pages.SeeOther(site.Url("/agency/waitlist"));
        }

        cookies.Save(new Draft(hold.HoldId, key, hold.OfferId, clock.GetUtcNow(), new() { ["who"] = "other", ["given"] = given?.Trim() ?? "", ["family"] = family?.Trim() ?? "" }));
        return Pages.SeeOther(BookStep.Address(hold.HoldId, "who"));
    }

    private static async Task<IResult> DeclineAsync(Guid id, [FromForm] Guid? hold, AgencyWaitlistClient client, Notices notices, Site site, CancellationToken ct)
    {
        notices.Leave((await client.DeclineAsync(id, hold, ct)).Ok ? "wait-passed" : "wait-gone");
        return Pages.SeeOther(site.Url("/agency/waitlist"));
    }

    private static async Task<IResult> LeaveAsync(Guid id, AgencyWaitlistClient client, Notices notices, Site site, CancellationToken ct)
    {
        notices.Leave((await client.LeaveAsync(id, ct)).Ok ? "wait-left" : "wait-booked");
        return Pages.SeeOther(site.Url("/agency/waitlist"));
    }
}
