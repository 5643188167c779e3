using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Holds;

/// <summary>Keeps a start time for a patient for some minutes, on every resource the treatment needs, or on none.</summary>
public static class PlaceHold
{
    private const int Alternatives = 3;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/holds", Handle).AllowAnonymous().RequireRateLimiting("holds").Idempotent<BookingDb>();

    public sealed record Request(Guid OfferId, DateTimeOffset Start);

    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    private static async Task<Results<Created<HoldView>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '2s'", ct);
        if (await OfferTerms.SoldAsync(db, request.OfferId, ct) is not { } offer)
        {
            return Problems.NotFound("offer-unknown", "This offer is not sold here.");
        }

        if (!offer.IsInstant)
        {
            return Problems.Invalid("not-bookable-online", "This treatment is arranged with the center; its time cannot be held online.");
        }

        var now = await db.NowAsync(ct);
        var time = new Interval(request.Start.ToUniversalTime(), request.Start.ToUniversalTime().AddMinutes(offer.DurationMinutes));
        var candidates = await CandidatesAsync(db, offer, time, now, ct);
        if (candidates.Count == 0)
        {
            return Problems.Invalid("start-not-offered", "This start is not offered: it is past, too soon, outside opening hours or between the offered starts.",
                await AlternativesAsync(db, offer, time, now, ct));
        }

        var holder = Holder(http, options.Value);
        if (await LiveHoldsAsync(db, holder, ct) >= options.Value.MostLiveHolds)
        {
            return Problems.Of(429, "too-many-holds", $"You hold {options.Value.MostLiveHolds} times already. Use or release one of them first.");
        }

        var key = AccessKey.New();
        var hold = await InsertAsync(db, offer, time, key, holder, options.Value.HoldMinutes, ct);
        var what = new TakeTime.For(Allocation.Held, hold.Id, null, hold.Fence, hold.ExpiresAt);
        if (!await TakeTime.TryAsync(db, offer.ResourceKinds, candidates.Select(x => new TakeTime.Candidate(x.Id, x.Kind)), time, what, ct))
        {
            return Problems.Conflict("time-taken", "Someone just took this time.", await AlternativesAsync(db, offer, time, now, ct));
        }

        await bus.PublishFor(hold.Id, new HoldPlaced(hold.Id, offer.OfferId, offer.CenterId, time.Start, time.End, hold.ExpiresAt, hold.Fence), ct);
        return TypedResults.Created($"/holds/{hold.Id}", HoldView.Of(hold, offer, now, options.Value, key));
    }

    /// <summary>Empty if the start is not one that could be offered, were nothing taken.</summary>
    private static async Task<List<ResourceCalendar>> CandidatesAsync(
        BookingDb db, OfferTerms offer, Interval time, DateTimeOffset now, CancellationToken ct)
    {
        if (time.Start < now + FindStarts.LeadTime || time.Start > now + FindStarts.Horizon)
        {
            return [];
        }

        var calendars = await Calendars.LoadAsync(db, [offer], time.Start, time.End, ct);
        var resources = calendars.For(offer);
        var offered = FreeStarts.Compute(
            offer.ResourceKinds, offer.DurationMinutes, resources, calendars.Holidays, new Dictionary<Guid, List<Interval>>(),
            time.Start, time.Start.AddTicks(1), now + FindStarts.LeadTime);
        return offered.Contains(time) ? FreeStarts.OpenFor(offer.ResourceKinds, resources, calendars.Holidays, time) : [];
    }

    private static async Task<Dictionary<string, object?>> AlternativesAsync(
        BookingDb db, OfferTerms offer, Interval time, DateTimeOffset now, CancellationToken ct) => new()
        {
            ["alternatives"] = (await FindStarts.NearestAsync(db, offer, time.Start, now, Alternatives, ct)).ConvertAll(x => new Alternative(x.Start, x.End)),
        };

    /// <summary>The account, or a hash of the address: enough to count, nothing to recognise a person by.</summary>
    private static byte[] Holder(HttpContext http, BookingOptions options) =>
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(options.HolderSalt),
            Encoding.UTF8.GetBytes(http.Caller().Subject ?? http.Connection.RemoteIpAddress?.ToString() ?? "unknown"));

    /// <summary>The lock makes the holds of one caller take turns, so two at once cannot both be the last allowed one.</summary>
    private static async Task<int> LiveHoldsAsync(BookingDb db, byte[] holder, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({BitConverter.ToInt64(holder)})", ct);
        return await db.Database.SqlQuery<int>(
            $"SELECT count(*)::int AS \"Value\" FROM holds WHERE holder = {holder} AND state = 'held' AND expires_at > now()").SingleAsync(ct);
    }

    private static async Task<Hold> InsertAsync(
        BookingDb db, OfferTerms offer, Interval time, string key, byte[] holder, int minutes, CancellationToken ct) =>
        (await db.Holds.FromSql(
            $"""
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, holder)
            VALUES ({Guid.CreateVersion7()}, {offer.OfferId}, {offer.CenterId}, {time.Start}, {time.End}, 'held', now() + make_interval(mins => {minutes}),
                    1, {offer.ResourceKinds.Distinct().Count()}, {AccessKey.Hash(key)}, {holder})
            RETURNING *
            """).AsNoTracking().ToListAsync(ct)).Single();
}
