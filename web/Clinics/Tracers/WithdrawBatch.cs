using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Tracers;

/// <summary>Takes back a delivery that does not come and nobody needs. With doses promised, Booking refuses.</summary>
public static class WithdrawBatch
{
    public static void Map(IEndpointRouteBuilder console) => console.MapPost("/batches/{id:guid}/withdraw", Handle).ProtectForm();

    private static async Task<IResult> Handle(Guid id, TracerClient client, Notices notices, Site site, CancellationToken ct)
    {
        var answer = await client.WithdrawAsync(id, ct);
        notices.Leave(answer.Ok ? "withdrawn" : answer.Problem?.Slug == "batch-in-use" ? "in-use" : "not-withdrawn");
        return Pages.SeeOther(site.Url("/console/batches"));
    }
}
