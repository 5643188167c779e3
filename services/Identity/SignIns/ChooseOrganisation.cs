using MedTourism.Identity.Pages;

namespace MedTourism.Identity.SignIns;

/// <summary>A person who belongs to several organisations says for which one they work now, or that they come for themselves.</summary>
public static class ChooseOrganisation
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/signin/organisation", async (string? uid, Page page, Visits visits, Progress progress, CancellationToken ct) =>
        {
            if (await visits.FindAsync(uid, ct) is not { AccountId: not null } visit)
            {
                return page.Message("expired", StatusCodes.Status410Gone);
            }

            page.Uid = uid;
            page.ClientName = visit.ClientName;
            return page.Show<OrganisationView>(parameters: [("Memberships", await progress.MembershipsAsync(visit, ct))]);
        }).AsPage();
        app.MapPost("/signin/organisation", HandleAsync).AsPage();
        app.MapGet(Progress.Expired, (Page page) => page.Message("expired", StatusCodes.Status410Gone)).AsPage();
    }

    private static async Task<IResult> HandleAsync(HttpRequest request, Page page, Visits visits, Progress progress, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        if (await visits.FindAsync(form["uid"], ct) is not { AccountId: not null } visit)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        if (form["organisation"] == "self")
        {
            return Results.Redirect(await progress.FinishAsync(visit, null, ct));
        }

        var membership = (await progress.MembershipsAsync(visit, ct)).Find(m => m.OrganisationId.ToString() == form["organisation"]);
        return membership is null
            ? page.Message("expired", StatusCodes.Status410Gone)
            : Results.Redirect(await progress.FinishAsync(visit, membership, ct));
    }
}
