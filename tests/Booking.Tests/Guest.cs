using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace MedTourism.Booking.Tests;

/// <summary>An answer of the service, read whole.</summary>
public sealed record Reply(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)
{
    public string Slug => Body.TryGetProperty("type", out var type) ? type.GetString()!.Split(':')[^1] : string.Empty;

    public string Text(string name) => Body.GetProperty(name).GetString()!;

    public Guid Id(string name) => Body.GetProperty(name).GetGuid();

    public DateTimeOffset Time(string name) => Body.GetProperty(name).GetDateTimeOffset();
}

/// <summary>A hold someone placed.</summary>
public sealed record Held(Guid Id, string Key, DateTimeOffset ExpiresAt);

/// <summary>A booking someone placed.</summary>
public sealed record Placed(Guid Id, string Reference, Held Hold);

/// <summary>A person without an account, calling from an address of their own.</summary>
public sealed class Guest(int number)
{
    public static readonly object Patient = new { familyName = "Muster", givenNames = "Erika", dateOfBirth = "1980-05-06", citizenship = "DE", forSelf = true };
    public static readonly object Contact = new { email = "erika@example.org", phone = "+49 30 1234567", culture = "de", timeZone = "Europe/Berlin", neutralTitle = true };

    private readonly string _address = $"10.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}";

    public async Task<Reply> SendAsync(
        HttpMethod method, string path, object? body = null, string? key = null, string? idempotency = null, string? token = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", _address);
        request.Headers.Add("Idempotency-Key", idempotency ?? Guid.NewGuid().ToString());
        if (key is not null)
        {
            request.Headers.Add("X-Access-Key", key);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        request.Content = content ?? (body is null ? null : JsonContent.Create(body));
        using var response = await Running.App.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone(), response.Headers);
    }

    public Task<Reply> TryHoldAsync(Market market, DateTimeOffset start, string? idempotency = null) =>
        SendAsync(HttpMethod.Post, "/holds", new { offerId = market.OfferId, start }, idempotency: idempotency);

    public async Task<Held> HoldAsync(Market market, DateTimeOffset start)
    {
        var reply = await TryHoldAsync(market, start);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return new Held(reply.Id("holdId"), reply.Text("accessKey"), reply.Time("expiresAt"));
    }

    public Task<Reply> TryPlaceAsync(Held hold, object[]? answers = null, object? patient = null, object? contact = null, string? key = null) =>
        SendAsync(HttpMethod.Post, "/bookings", new { holdId = hold.Id, patient = patient ?? Patient, contact = contact ?? Contact, answers = answers ?? [] }, key ?? hold.Key);

    public async Task<Placed> PlaceAsync(Held hold)
    {
        var reply = await TryPlaceAsync(hold);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return new Placed(reply.Id("bookingId"), reply.Text("reference"), hold);
    }

    public async Task<Placed> BookAsync(Market market, DateTimeOffset start) => await PlaceAsync(await HoldAsync(market, start));

    public Task<Reply> ShowAsync(Placed booking) => SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}", key: booking.Hold.Key);

    public async Task<string> StateAsync(Placed booking) => (await ShowAsync(booking)).Text("state");

    public Task<Reply> CancelAsync(Placed booking, long expected, string? token = null) =>
        SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/cancel", new { expectedRefundMinor = expected }, token is null ? booking.Hold.Key : null, token: token);
}
