using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Mails;

/// <summary>Gives a dead letter its tries back.</summary>
public static class RetryMail
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/operator/mails/{id:guid}/retry", Handle).RequireOrganisation("operator");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(Guid id, NotificationsDb db, CancellationToken ct)
    {
        var revived = await db.Database.ExecuteSqlAsync(
            $"UPDATE mails SET state = 'waiting', attempts = 0, next_attempt_at = now() WHERE id = {id} AND state = 'dead'", ct);
        return revived == 1 ? TypedResults.NoContent() : Problems.Conflict("mail-not-dead", "Only a dead letter can be sent again.");
    }
}
