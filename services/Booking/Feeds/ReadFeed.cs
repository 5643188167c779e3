using System.Security.Cryptography;
using System.Text;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace MedTourism.Booking.Feeds;

/// <summary>
/// Gives a calendar to whoever knows its secret address: calendar programs can present nothing else. They ask again and again, so an unchanged one costs
/// them nothing (ETag, 304).
/// </summary>
public static class ReadFeed
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/feeds/{token}.ics", [HttpMethods.Get, HttpMethods.Head], Handle).AllowAnonymous().RequireRateLimiting("feeds");

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Handle(string token, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var hash = AccessKey.Hash(token);
        var feed = await db.Feeds.AsNoTracking().SingleOrDefaultAsync(x => x.TokenHash == hash, ct);
        if (feed is null)
        {
            return Problems.NotFound("feed-unknown", "There is no such calendar, or its address was taken back.");
        }

        await db.Database.ExecuteSqlAsync(
            $"UPDATE feeds SET last_read_at = now() WHERE id = {feed.Id} AND (last_read_at IS NULL OR last_read_at < now() - interval '1 hour')", ct);
        var resource = feed.ResourceId is null ? null : await db.Resources.AsNoTracking().SingleOrDefaultAsync(x => x.Id == feed.ResourceId, ct);
        var octets = Encoding.UTF8.GetBytes(FeedFile.Write(feed, resource?.Name, await FeedEvent.OfAsync(db, feed, ct)));
        http.Response.Headers.CacheControl = "private, max-age=300";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        return TypedResults.File(
            octets, "text/calendar; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(octets))[..32]}\""));
    }
}
