using MedTourism.Web.Shared;

namespace MedTourism.Web.Agencies;

/// <summary>What the agency earns on each service line, now and by dates.</summary>
public static class ShowAgreement
{
    public static void Map(IEndpointRouteBuilder agency) => agency.MapGet("/agreement", Handle);

    private static async Task<IResult> Handle(AgencyClient client, LineNames lines, CancellationToken ct)
    {
        var answer = await client.AgreementAsync(ct);
        return Pages.Page<AgreementPage>(new AgreementPage.View(answer.Value, await lines.ReadAsync(ct)));
    }
}
