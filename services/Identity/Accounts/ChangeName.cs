using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>A signed-in person tells their name, or another one: who joined before names were asked for has none.</summary>
public static class ChangeName
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPut("/me/name", HandleAsync).RequireRateLimiting("write");

    public sealed record Request(string? Name);

    public sealed record Response(string Name);

    private static async Task<IResult> HandleAsync(Request request, HttpContext http, IdentityDb db, CancellationToken ct)
    {
        if (!Guid.TryParse(http.Caller().Subject, out var id))
        {
            return Problems.Forbidden("not-a-person", "Only a signed-in person has a name.");
        }

        if (Names.Read(request.Name) is not { } name)
        {
            return Problems.Fields(("name", $"must have 1 to {Names.MaxLength} characters, a letter among them, and no control characters"));
        }

        return await db.InTransactionAsync<IResult>(
            async () =>
            {
                // Accounts of the demonstration are everybody's: one visitor must not name them for the next.
                if (await db.Users.Where(user => user.Id == id && !user.Demo).ExecuteUpdateAsync(set => set.SetProperty(user => user.Name, name), ct) == 0)
                {
                    return await db.Users.AnyAsync(user => user.Id == id, ct)
                        ? Problems.Conflict("demo-account", "Accounts of the demonstration stay as they are.")
                        : Problems.NotFound("account-unknown", "There is no account of this caller.");
                }

                await db.AuditAsync("name-changed", id, ct, actorId: id); // that, not what: the trail holds no personal data
                return TypedResults.Ok(new Response(name));
            },
            ct);
    }
}
