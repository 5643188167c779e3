using MassTransit;
using MedTourism.Contracts.Payment;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Money;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Stripe;
using MedTourism.Payment.Workers;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Checkouts;

/// <summary>Opens the provider's page for a deposit, or gives back the one that is open; the amount is the one Booking named, never the browser's.</summary>
public sealed class OpenCheckout(
    PaymentDb db, IPaymentProvider provider, IPublishEndpoint bus, PassInterval interval, IConfiguration configuration, TimeProvider clock, ILogger<OpenCheckout> log)
{
    private const int Tries = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/checkouts", (Request request, OpenCheckout useCase, CancellationToken ct) => useCase.HandleAsync(request, ct))
            .AllowAnonymous().RequireRateLimiting("holds");

    public sealed record Request(Guid BookingId, string SuccessUrl, string CancelUrl, string? Culture);

    public sealed record Response(string Url, DateTimeOffset ExpiresAt);

    private async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(Request request, CancellationToken ct)
    {
        if (ForeignAddresses(request) is { Length: > 0 } foreign)
        {
            return Problems.Fields(foreign);
        }

        for (var attempt = 1; ; attempt++)
        {
            var choice = await db.InTransactionAsync(() => ChooseAsync(request, ct), ct);
            if (choice.Refusal is { } refusal)
            {
                return refusal;
            }

            var (charge, checkout) = (choice.Charge!, choice.Checkout!);
            if (checkout is { State: "open", Url: { } open })
            {
                return TypedResults.Ok(new Response(open, checkout.ExpiresAt));
            }

            try
            {
                var seen = await provider.OpenCheckoutAsync(OrderOf(charge, checkout), checkout.IdempotencyKey, ct);
                await RecordAsync(charge, checkout, seen, ct);
                return TypedResults.Ok(new Response(seen.Url ?? checkout.CancelUrl, checkout.ExpiresAt));
            }
            catch (ProviderRefusedException refused)
            {
                log.LogError("Checkout {CheckoutId} was refused: {Reason}", checkout.Id, refused.Message);
                await GiveUpAsync(checkout.Id, ct);
                if (attempt >= 2 || refused.Type != "idempotency_error")
                {
                    return Problems.Of(502, "provider-refused", "The payment provider did not open its page. Nothing was charged. Please contact us.");
                }
            }
            catch (AmountNotPayableException exception)
            {
                log.LogError("Checkout {CheckoutId} cannot be paid: {Reason}", checkout.Id, exception.Message);
                await GiveUpAsync(checkout.Id, ct);
                return Problems.Of(502, "provider-refused", "The payment provider cannot take this amount. Nothing was charged. Please contact us.");
            }
            catch (ProviderUnavailableException exception) when (exception.Status == StatusCodes.Status409Conflict && attempt < Tries)
            {
                // Another request opens the same page under the same key right now; it will be there in a moment.
                await Task.Delay(Pause * attempt, clock, ct);
            }
            catch (ProviderUnavailableException exception)
            {
                log.LogWarning("Checkout {CheckoutId} is not open yet: {Reason}", checkout.Id, exception.Message);
                return Problems.Of(503, "provider-unavailable", "The payment provider does not answer. Nothing was charged. Try again in a moment.");
            }
        }
    }

    internal static CheckoutOrder OrderOf(Charge charge, Checkout checkout) => new(
        checkout.Id, charge.Id, charge.BookingId, $"Deposit {charge.Reference}", checkout.AmountMinor, checkout.Currency, checkout.ExpiresAt,
        checkout.Locale, checkout.SuccessUrl, checkout.CancelUrl);

    /// <summary>Writes what the provider opened; a page that nobody wants any more is left to <see cref="CloseCheckouts"/>.</summary>
    internal async Task RecordAsync(Charge charge, Checkout checkout, ProviderCheckout seen, CancellationToken ct) =>
        await db.InTransactionAsync(
            async () =>
            {
                await db.LockChargeAsync(charge.Id, ct);
                var opened = await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE checkouts SET state = 'open', session_id = {seen.SessionId}, url = {seen.Url}, next_check_at = now() + {interval.Reconcile}
                    WHERE id = {checkout.Id} AND state = 'opening'
                    """,
                    ct);
                if (opened == 1)
                {
                    await bus.PublishFor(charge.BookingId, new CheckoutOpened(charge.BookingId, charge.Id, checkout.ExpiresAt, checkout.CreatedAt), ct);
                    await db.SaveChangesAsync(ct);
                    log.LogInformation("Checkout {CheckoutId} of booking {BookingId} is open", checkout.Id, charge.BookingId);
                }
            },
            ct);

    private async Task<Choice> ChooseAsync(Request request, CancellationToken ct)
    {
        var charge = await db.LockChargeOfAsync(request.BookingId, ct);
        var refusal = charge switch
        {
            null => Problems.Conflict("deposit-not-ready", "The amount of this deposit is not known yet. Try again in a second."),
            { PaidCheckoutId: not null } => Problems.Conflict("already-paid", "This deposit is already paid."),
            { Closed: not null } or { AmountMinor: 0 } => Problems.Gone("deposit-not-due", "Nothing is due for this booking any more."),
            _ => null,
        };
        if (refusal is not null)
        {
            return new Choice(refusal, null, null);
        }

        // A page for another hold or amount, or about to end, is not given out; one that hangs in opening may never answer under its key.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE checkouts SET wanted = false, next_check_at = now()
            WHERE charge_id = {charge!.Id} AND wanted AND state IN ('opening', 'open')
              AND (fence <> {charge.Fence} OR amount_minor <> {charge.AmountMinor} OR currency <> {charge.Currency} OR expires_at < now() + interval '5 minutes'
                   OR (state = 'opening' AND created_at < now() - interval '30 seconds'))
            """,
            ct);
        var id = Guid.CreateVersion7();
        // The provider wants at least 30 minutes; Booking holds the time for 36.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO checkouts (id, charge_id, fence, amount_minor, currency, idempotency_key, success_url, cancel_url, locale, expires_at, state, next_check_at)
            VALUES ({id}, {charge.Id}, {charge.Fence}, {charge.AmountMinor}, {charge.Currency}, {$"checkout:{id}:v1"}, {request.SuccessUrl}, {request.CancelUrl},
                    {Locales.Of(request.Culture ?? charge.Culture)}, date_trunc('second', now()) + interval '31 minutes', 'opening', now() + interval '15 seconds')
            ON CONFLICT (charge_id) WHERE wanted AND state IN ('opening', 'open') DO NOTHING
            """,
            ct);
        var checkout = await db.Checkouts.AsNoTracking()
            .SingleAsync(row => row.ChargeId == charge.Id && row.Wanted && (row.State == "opening" || row.State == "open"), ct);
        return new Choice(null, charge, checkout);
    }

    private Task<int> GiveUpAsync(Guid checkoutId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"UPDATE checkouts SET state = 'failed', wanted = false WHERE id = {checkoutId} AND state = 'opening'", ct);

    /// <summary>The provider sends the payer to these addresses, so they must be our own.</summary>
    private (string Field, string Message)[] ForeignAddresses(Request request)
    {
        var home = Uri.TryCreate(configuration["Web:PublicUrl"], UriKind.Absolute, out var url) ? url : null;
        return
        [
            .. new[] { ("successUrl", request.SuccessUrl), ("cancelUrl", request.CancelUrl) }
                .Where(pair => !IsOurs(pair.Item2, home))
                .Select(pair => (pair.Item1, "must be an http(s) address of the web site")),
        ];
    }

    private static bool IsOurs(string? address, Uri? home) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && (home is null || (uri.Scheme == home.Scheme && uri.Authority == home.Authority));

    private sealed record Choice(ProblemHttpResult? Refusal, Charge? Charge, Checkout? Checkout);
}
