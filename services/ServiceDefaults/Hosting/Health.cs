using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.ServiceDefaults;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: its database and broker answer too.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Ok(new { status = "live" })).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, CancellationToken ct)
    {
        var database = await AnswersAsync(http.RequestServices.GetRequiredService<NpgsqlDataSource>(), ct);
        var bus = http.RequestServices.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy;
        return Results.Json(
            new { status = database && bus ? "ready" : "not ready", database, broker = bus },
            statusCode: database && bus ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> AnswersAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            command.CommandTimeout = 3;
            await command.ExecuteScalarAsync(ct);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }
}
