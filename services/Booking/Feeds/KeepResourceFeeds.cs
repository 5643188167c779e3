using MedTourism.Booking.Clinics;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Feeds;

/// <summary>Gives a center a calendar of one of its resources to subscribe to, once, and takes it back. References only: no names of patients or treatments.</summary>
public static class KeepResourceFeeds
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/feeds", HandleList).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("search");
        app.MapPost("/clinic/resources/{id:guid}/feed", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapDelete("/clinic/resources/{id:guid}/feed", HandleRevoke).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    /// <summary><see cref="Path"/> is told here only.</summary>
    public sealed record OpenedResponse(string Path, Guid ResourceId, string ResourceName, DateTimeOffset CreatedAt);

    public sealed record Response(Guid ResourceId, string ResourceName, DateTimeOffset CreatedAt, DateTimeOffset? LastReadAt);

    private static async Task<Ok<List<Response>>> HandleList(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return TypedResults.Ok(await (
            from feed in db.Feeds.AsNoTracking()
            join resource in db.Resources on feed.ResourceId equals resource.Id
            where resource.CenterId == center
            orderby resource.Kind, resource.Name
            select new Response(resource.Id, resource.Name, feed.CreatedAt, feed.LastReadAt)).ToListAsync(ct));
    }

    private static async Task<Results<Created<OpenedResponse>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await BlockTime.OwnAsync(db, http, id, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({id.ToString()}, 7))", ct);
        var token = AccessKey.New();
        var feed = await Feed.OpenAsync(db, AccessKey.Hash(token), null, null, id, true, "en", ct);
        return TypedResults.Created((string?)null, new OpenedResponse($"/feeds/{token}.ics", id, resource.Name, feed.CreatedAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleRevoke(Guid id, HttpContext http, BookingDb db, CancellationToken ct) =>
        await BlockTime.OwnAsync(db, http, id, ct) is not null && await Feed.RevokeAsync(db, null, null, id, ct) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound("feed-unknown", "Your center has no such calendar, or its address was taken back.");
}
