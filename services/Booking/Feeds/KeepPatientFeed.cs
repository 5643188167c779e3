using MedTourism.Booking.Bookings;
using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Feeds;

/// <summary>
/// Gives a patient a calendar to subscribe to, once, and takes it back. The holder of a booking's key gets that booking's; the account that placed it
/// gets one of all its bookings.
/// </summary>
public static class KeepPatientFeed
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/bookings/{id:guid}/feed", Handle).AllowAnonymous().RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapGet("/bookings/{id:guid}/feed", HandleShow).AllowAnonymous().RequireRateLimiting("search");
        app.MapDelete("/bookings/{id:guid}/feed", HandleRevoke).AllowAnonymous().RequireRateLimiting("write");
    }

    /// <summary>Both as the patient's contact says if they are left out.</summary>
    public sealed record Request(bool? NeutralTitle, string? Culture);

    /// <summary><see cref="Path"/> is told here only. <see cref="Covers"/> is <c>booking</c> or <c>account</c>.</summary>
    public sealed record OpenedResponse(string Path, string Covers, bool NeutralTitle, string Culture, DateTimeOffset CreatedAt);

    public sealed record Response(string Covers, bool NeutralTitle, string Culture, DateTimeOffset CreatedAt, DateTimeOffset? LastReadAt);

    private static async Task<Results<Created<OpenedResponse>, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await FindAsync(db, http, id, ct) is not { } booking)
        {
            return BookingAccess.Unknown();
        }

        var person = await db.BookingPeople.AsNoTracking().SingleOrDefaultAsync(x => x.BookingId == id, ct);
        var (owner, subject) = OwnerOf(booking, http);

        // Two at once take turns on the booking, or the account's bookings; the later one's address is the one that works.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({subject ?? owner.ToString()}, 7))", ct);
        var token = AccessKey.New();
        var feed = await Feed.OpenAsync(
            db, AccessKey.Hash(token), owner, subject, null, request.NeutralTitle ?? person?.NeutralTitle ?? true,
            FeedTexts.Known(request.Culture ?? person?.Culture ?? booking.Culture), ct);
        return TypedResults.Created(
            (string?)null, new OpenedResponse($"/feeds/{token}.ics", Covers(feed), feed.NeutralTitle, feed.Culture, feed.CreatedAt));
    }

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleShow(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await FindAsync(db, http, id, ct) is not { } booking)
        {
            return BookingAccess.Unknown();
        }

        var (owner, subject) = OwnerOf(booking, http);
        var feed = await db.Feeds.AsNoTracking().SingleOrDefaultAsync(x => (owner != null && x.BookingId == owner) || (subject != null && x.PatientSubject == subject), ct);
        return feed is null ? NoFeed() : TypedResults.Ok(new Response(Covers(feed), feed.NeutralTitle, feed.Culture, feed.CreatedAt, feed.LastReadAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleRevoke(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await FindAsync(db, http, id, ct) is not { } booking)
        {
            return BookingAccess.Unknown();
        }

        var (owner, subject) = OwnerOf(booking, http);
        return await Feed.RevokeAsync(db, owner, subject, null, ct) == 0 ? NoFeed() : TypedResults.NoContent();
    }

    private static async Task<Bookings.Booking?> FindAsync(BookingDb db, HttpContext http, Guid id, CancellationToken ct) =>
        await BookingAccess.FindAsync(db, http, id, ct) is ({ } booking, "patient") ? booking : null;

    private static (Guid? BookingId, string? Subject) OwnerOf(Bookings.Booking booking, HttpContext http) =>
        http.Caller().Subject is { } subject && subject == booking.PatientSubject ? (null, subject) : (booking.Id, null);

    private static string Covers(Feed feed) => feed.BookingId is null ? "account" : "booking";

    private static ProblemHttpResult NoFeed() => Problems.NotFound("feed-unknown", "There is no such calendar, or its address was taken back.");
}
