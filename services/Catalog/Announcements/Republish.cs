using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Announcements;

/// <summary>Tells everything again, under the versions it has, for a service that starts with an empty database.</summary>
public static class Republish
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/operator/republish", HandleAsync).RequireOrganisation("operator").RequireRateLimiting("write");

    public sealed record Response(int Announced);

    private static async Task<IResult> HandleAsync(CatalogDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async () =>
            {
                await db.Database.ExecuteSqlAsync($"UPDATE holidays SET announced = false", ct);
                await db.Database.ExecuteSqlAsync($"UPDATE entry_announcements SET announced_version = 0", ct);
                await db.Database.ExecuteSqlAsync($"UPDATE equipment SET announced_version = 0", ct);
                await db.Database.ExecuteSqlAsync($"UPDATE offers SET announced_version = 0", ct);
            },
            ct);
        return TypedResults.Ok(new Response(await Announce.AllAsync(db, bus, ct)));
    }
}
