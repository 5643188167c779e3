using System.Globalization;
using System.Net;
using System.Text.Json;
using MassTransit;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Booking;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Waitlist;

/// <summary>An entry someone made.</summary>
public sealed record Entry(Guid Id, string Key, Guest Guest)
{
    public Task<Reply> ShowAsync() => Guest.SendAsync(HttpMethod.Get, $"/waitlist/{Id}", key: Key);

    public async Task<string> StateAsync() => (await ShowAsync()).Text("state");

    /// <summary>The live offer, or null.</summary>
    public async Task<Offered?> OfferAsync()
    {
        var offer = (await ShowAsync()).Body.GetProperty("offer");
        return offer.ValueKind == JsonValueKind.Null ? null : new Offered(
            offer.GetProperty("holdId").GetGuid(), offer.GetProperty("start").GetDateTimeOffset().ToUniversalTime(), offer.GetProperty("expiresAt").GetDateTimeOffset());
    }

    public Task<Reply> DeclineAsync(Guid? holdId = null) => Guest.SendAsync(HttpMethod.Post, $"/waitlist/{Id}/decline", new { holdId }, Key);

    public Task<Reply> RemoveAsync() => Guest.SendAsync(HttpMethod.Delete, $"/waitlist/{Id}", key: Key);
}

public sealed record Offered(Guid HoldId, DateTimeOffset Start, DateTimeOffset ExpiresAt);

/// <summary>People who wait, and the market they wait in: one start a day, at 08:00, that takes the whole day.</summary>
public static class Waiting
{
    private static int _people;

    public static Task<Market> OneStartADayAsync(int lanes = 1) => Market.OpenAsync(lanes: lanes, minutes: 600, slot: 600);

    public static DateTimeOffset Day(int days) => Market.At(days, "08:00");

    public static string Date(DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTime(moment, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static object Patient() => new { familyName = $"Wartend {Interlocked.Increment(ref _people)}", givenNames = "Erika", citizenship = "DE" };

    public static Task<Reply> TryJoinAsync(
        this Guest guest, Market market, DateTimeOffset from, DateTimeOffset? to = null, int[]? weekdays = null, string? earliest = null, string? latest = null,
        object? patient = null, object? contact = null, string? token = null, string? idempotency = null) =>
        guest.SendAsync(
            HttpMethod.Post, "/waitlist",
            new
            {
                offerId = market.OfferId, from = Date(from), to = Date(to ?? from), weekdays, earliest, latest, patient = patient ?? Patient(), contact = contact ?? Guest.Contact,
            },
            token: token, idempotency: idempotency);

    public static async Task<Entry> JoinAsync(
        this Guest guest, Market market, DateTimeOffset from, DateTimeOffset? to = null, int[]? weekdays = null, string? earliest = null, string? latest = null, string? token = null)
    {
        var reply = await guest.TryJoinAsync(market, from, to, weekdays, earliest, latest, token: token);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return new Entry(reply.Id("entryId"), reply.Text("accessKey"), guest);
    }

    public static Task<Entry> JoinAsync(Market market, DateTimeOffset from, DateTimeOffset? to = null) => Market.NewGuest().JoinAsync(market, from, to);

    public static Task<Reply> ReleaseAsync(this Guest guest, Held hold) => guest.SendAsync(HttpMethod.Delete, $"/holds/{hold.Id}", key: hold.Key);

    /// <summary>One pass of one replica's worker over the freed times; true if there was one.</summary>
    public static async Task<bool> OfferNextAsync()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await KeepWaitlist.OfferNextAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
    }

    public static async Task<bool> EndPastAsync()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await KeepWaitlist.EndPastAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
    }

    public static async Task<bool> LetGoOfSecondAsync()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await KeepWaitlist.LetGoOfSecondAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
    }

    /// <summary>The offer's letter: what the one whose turn it is gets by e-mail.</summary>
    public static Task<WaitlistOffered> LetterAsync(Entry entry, Guid holdId) => Steps.HeardAsync<WaitlistOffered>(x => x.EntryId == entry.Id && x.HoldId == holdId);

    public static string Clinic(Market market, string role = "scheduler") =>
        Running.App.Tokens.For(sub: $"staff-{market.CenterId}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: [role]);
}
