using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.ChaosHost;

/// <summary>Endpoints with every shared rule on them: idempotency, tokens, limits, problems.</summary>
internal static class Things
{
    internal sealed record Request(string Name, int N);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/things", CreateAsync).AllowAnonymous().Idempotent<ChaosDb>();
        app.MapPost("/rolled-back", RollBackAsync).AllowAnonymous().Idempotent<ChaosDb>();
        app.MapGet("/throws", string () => throw new InvalidOperationException("secret detail")).AllowAnonymous();
        app.MapGet("/limited", () => "ok").AllowAnonymous().RequireRateLimiting("codes");
        app.MapGet("/signed-in", (HttpContext http) => http.Caller());
        app.MapGet("/clinic-admins", () => "ok").RequireOrganisation("clinic", "admin");
        app.MapGet("/writers", () => "ok").RequireScope("chaos.write");
    }

    private static async Task<IResult> CreateAsync(Request request, ChaosDb db, IPublishEndpoint publish, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await db.Database.ExecuteSqlAsync($"INSERT INTO command(id, grp, n) VALUES ({id}, {id}, {request.N})", ct);
        await publish.PublishFor(id, new CommandIssued(id, id, request.N), ct);
        return TypedResults.Created($"/things/{id}", new { id, request.Name });
    }

    private static async Task<IResult> RollBackAsync(Request request, ChaosDb db, IPublishEndpoint publish, CancellationToken ct)
    {
        await CreateAsync(request, db, publish, ct);
        return Problems.Conflict("refused-on-purpose", "Refused after the change was made.");
    }
}
