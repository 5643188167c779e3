using System.Globalization;
using System.Net;
using MedTourism.Booking.Cycles;

namespace MedTourism.Booking.Tests.Cycles;

/// <summary>A center with a laboratory that has opened its weeks, and what its people and its patients do.</summary>
public sealed class Laboratory
{
    private Laboratory(Market market) => Market = market;

    public Market Market { get; }

    /// <summary>Today at the center.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Market.Now, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).DateTime);

    public static async Task<Laboratory> OpenAsync(int capacity = 5, long deposit = Market.Deposit)
    {
        var market = await Market.OpenAsync(kinds: ["ivf-lab"], mode: "cycle", deposit: deposit, procedure: "ivf-standard");
        var laboratory = new Laboratory(market);
        foreach (var step in new[] { "retrieval", "transfer" })
        {
            var reply = await laboratory.CapacityAsync(step, Today.AddDays(-7), Today.AddDays(200), capacity);
            Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        }

        return laboratory;
    }

    public string Token(string role = "doctor") =>
        Running.App.Tokens.For(sub: $"{role}-{Market.CenterId}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: Market.CenterId, roles: [role]);

    public Task<Reply> CapacityAsync(string step, DateOnly from, DateOnly to, int capacity) =>
        Market.NewGuest().SendAsync(HttpMethod.Put, "/clinic/cycles/capacity", new { step, from, to, capacity }, token: Token("scheduler"));

    public Task<Reply> TryReserveAsync(Guest guest, DateOnly day1) =>
        guest.SendAsync(HttpMethod.Post, "/cycles", new { offerId = Market.OfferId, day1 });

    public async Task<Held> ReserveAsync(Guest guest, DateOnly day1)
    {
        var reply = await TryReserveAsync(guest, day1);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        var hold = reply.Body.GetProperty("hold");
        return new Held(hold.GetProperty("holdId").GetGuid(), hold.GetProperty("accessKey").GetString()!, hold.GetProperty("expiresAt").GetDateTimeOffset());
    }

    /// <summary>Reserved, placed and paid.</summary>
    public async Task<Placed> BookAsync(Guest guest, DateOnly day1)
    {
        var booking = await guest.PlaceAsync(await ReserveAsync(guest, day1));
        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        return booking;
    }

    public static Task<Reply> StartedAsync(Guest guest, Placed booking, DateOnly day1) =>
        guest.SendAsync(HttpMethod.Post, $"/cycles/{booking.Hold.Id}/started", new { day1 }, booking.Hold.Key);

    public Task<Reply> DoctorAsync(Placed booking, string what, object body) =>
        Market.NewGuest().SendAsync(HttpMethod.Post, $"/clinic/cycles/{booking.Hold.Id}/{what}", body, token: Token());

    public static Task<Reply> ShowAsync(Guest guest, Placed booking) =>
        guest.SendAsync(HttpMethod.Get, $"/cycles/{booking.Hold.Id}", key: booking.Hold.Key);

    /// <summary>Step, start and state of every appointment, in order.</summary>
    public static List<(string Code, DateTimeOffset Start, string State)> AppointmentsOf(Reply cycle) =>
        [.. cycle.Body.GetProperty("steps").EnumerateArray().Where(x => x.GetProperty("sessionId").ValueKind != System.Text.Json.JsonValueKind.Null)
            .Select(x => (x.GetProperty("code").GetString()!, x.GetProperty("start").GetDateTimeOffset().ToUniversalTime(), x.GetProperty("state").GetString()!))];

    /// <summary>The weeks a cycle keeps, as the database has them.</summary>
    public static async Task<string> WeeksAsync(Guid cycle) =>
        (string)(await Market.ScalarAsync("SELECT coalesce(string_agg(step || ' ' || week, ', ' ORDER BY step), '') FROM cycle_reservations_live WHERE cycle_id = $1", cycle))!;

    public static string Expected(DateOnly day1) => string.Join(
        ", ", PlanCycle.Of(new CyclePattern(), day1, null, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).Weeks
            .Select(x => $"{x.Step} {x.Week.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"));

    public Task<long> LiveAsync() => Market.CountAsync("SELECT count(*) FROM cycle_reservations_live WHERE center_id = $1", Market.CenterId);
}
