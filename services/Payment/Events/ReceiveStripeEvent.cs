using System.Text.Json;
using MedTourism.Payment.Stripe;
using MedTourism.Payment.Workers;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Events;

/// <summary>Takes a signed webhook: stores who changed, answers, and leaves the rest to <see cref="ProcessEvents"/>.</summary>
public static class ReceiveStripeEvent
{
    private const int LargestBody = 128 * 1024;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/webhooks/stripe", Handle).AllowAnonymous().DisableAntiforgery();

    private static async Task<IResult> Handle(
        HttpRequest request, PaymentDb db, StripeOptions options, TimeProvider clock, Wake<ProcessEvents> wake, ILogger<ProcessEvents> log, CancellationToken ct)
    {
        if (await ReadAsync(request, ct) is not { } body)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than any event.");
        }

        if (!WebhookSignature.IsValid(request.Headers["Stripe-Signature"], body, options.WebhookSecrets, clock.GetUtcNow()))
        {
            log.LogWarning("A webhook with a wrong signature or time was refused");
            return Problems.Of(StatusCodes.Status400BadRequest, "signature-invalid", "The signature or its time is wrong.");
        }

        if (Parse(body) is not { } hint)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "malformed-request", "This is not an event.");
        }

        if (hint.Live != options.Live)
        {
            // Answered like any other, so that it is not sent again for days.
            log.LogWarning("Event {EventId} is of the other mode and was ignored", hint.Id);
            return Results.Ok();
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO provider_events (id, type, object_id, live, created_at)
            VALUES ({hint.Id}, {hint.Type}, {hint.ObjectId}, {hint.Live}, {hint.CreatedAt})
            ON CONFLICT (id) DO NOTHING
            """,
            ct);
        wake.Set();
        return Results.Ok();
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > LargestBody)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            if (buffer.Length + read > LargestBody)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static Hint? Parse(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return root.GetProperty("id").GetString() is { Length: > 0 } id
                && root.GetProperty("type").GetString() is { Length: > 0 } type
                && root.GetProperty("data").GetProperty("object").GetProperty("id").GetString() is { Length: > 0 } subject
                ? new Hint(id, type, subject, root.GetProperty("livemode").GetBoolean(), DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("created").GetInt64()))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private sealed record Hint(string Id, string Type, string ObjectId, bool Live, DateTimeOffset CreatedAt);
}
