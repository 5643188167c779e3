using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedTourism.Contracts.Payment;
using MedTourism.Payment.Checkouts;
using MedTourism.Payment.Providers;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Payment.Tests.Events;

public sealed class EveryOrderTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [TearDown]
    public Task ResetAsync() => Rig.Stripe.ResetAsync();

    [Test]
    public async Task All_120_orders_of_the_five_webhooks_of_a_payment_with_copies_end_alike()
    {
        await Rig.Stripe.ControlAsync("webhooks", new { drop = true });
        var bookings = new List<Guid>();
        foreach (var order in Permutations([0, 1, 2, 3, 4]))
        {
            var (booking, events) = await PaidUnseenAsync();
            bookings.Add(booking);
            foreach (var index in order)
            {
                // Each twice, and the middle one as two events that tell one fact.
                await DeliverAsync(events[index]);
                await DeliverAsync(events[index]);
                await DeliverAsync(events[index] with { Id = events[index].Id + "_other" });
            }
        }

        await Eventually.That(
            async () => await Rig.ScalarAsync<long>("SELECT count(*) FROM provider_events WHERE processed_at IS NULL") == 0, "Events were left waiting.", TimeSpan.FromSeconds(120));
        await Eventually.That(() => bookings.TrueForAll(booking => PaidMessages(booking) > 0), "DepositPaid was not published.", TimeSpan.FromSeconds(60));
        Assert.That(bookings, Has.Count.EqualTo(120));
        foreach (var booking in bookings)
        {
            Assert.That(PaidMessages(booking), Is.EqualTo(1));
            Assert.That(await Rig.BalanceAsync(booking, "provider-receivable"), Is.EqualTo(1_500_000));
            Assert.That(await Rig.BalanceAsync(booking, "deposits-held"), Is.EqualTo(-1_500_000));
        }
    }

    [Test]
    public async Task Every_order_of_every_state_that_a_worker_may_have_fetched_ends_paid_once()
    {
        // The hint is followed by a fetch; a slow worker may apply what it fetched long ago. All orders of all states, some of them contradicting.
        foreach (var order in Permutations([CheckoutStatus.Open, CheckoutStatus.Processing, CheckoutStatus.Expired, CheckoutStatus.Failed, CheckoutStatus.Paid]))
        {
            var booking = await Rig.RequestDepositAsync();
            var url = await Rig.OpenAsync(booking);
            await using (var scope = Rig.App.Services.CreateAsyncScope())
            {
                var seen = await scope.ServiceProvider.GetRequiredService<IPaymentProvider>().GetCheckoutAsync(PaymentRig.SessionOf(url), CancellationToken.None);
                foreach (var status in order.SelectMany(status => new[] { status, status }))
                {
                    await using var turn = Rig.App.Services.CreateAsyncScope();
                    await turn.ServiceProvider.GetRequiredService<ApplyCheckout>()
                        .RunAsync(seen with { Status = status, PaymentId = "pi_" + PaymentRig.SessionOf(url) }, CancellationToken.None);
                }
            }

            Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("paid"), string.Join(", ", order));
            Assert.That(await Rig.BalanceAsync(booking, "provider-receivable"), Is.EqualTo(1_500_000), string.Join(", ", order));
            await Eventually.That(() => PaidMessages(booking) > 0, "DepositPaid was not published.");
            Assert.That(PaidMessages(booking), Is.EqualTo(1), string.Join(", ", order));
        }
    }

    [Test]
    public async Task Ten_at_once_apply_one_payment_once()
    {
        await Rig.Stripe.ControlAsync("webhooks", new { drop = true });
        var (booking, events) = await PaidUnseenAsync();
        var session = events.Single(hint => hint.Type == "checkout.session.completed").ObjectId;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            await using var scope = Rig.App.Services.CreateAsyncScope();
            var seen = await scope.ServiceProvider.GetRequiredService<IPaymentProvider>().GetCheckoutAsync(session, CancellationToken.None);
            return await scope.ServiceProvider.GetRequiredService<ApplyCheckout>().RunAsync(seen, CancellationToken.None);
        }));
        Assert.That(outcomes.Count(outcome => outcome == "paid"), Is.EqualTo(1));
        Assert.That(outcomes.Count(outcome => outcome == "already"), Is.EqualTo(9));
        Assert.That(await Rig.BalanceAsync(booking, "provider-receivable"), Is.EqualTo(1_500_000));
    }

    [Test]
    public async Task Webhooks_that_come_late_twice_and_in_disorder_end_alike()
    {
        await Rig.Stripe.ControlAsync("webhooks", new { duplicate = 2, delayMs = 100, reorder = true });
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        using var declined = await Rig.Stripe.PayAsync(url, TestCards.Declined);
        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.StatusBecomesAsync(booking, "paid");
        await Eventually.That(() => PaidMessages(booking) > 0, "DepositPaid was not published.");
        await Rig.AllEventsProcessedAsync();
        Assert.That(PaidMessages(booking), Is.EqualTo(1));
    }

    private static int PaidMessages(Guid booking) => Rig.App.Received<DepositPaid>().Count(message => message.BookingId == booking);

    /// <summary>A declined try, then a payment, of which no webhook came; and the five events that should have.</summary>
    private static async Task<(Guid Booking, List<Hint> Events)> PaidUnseenAsync()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        using var declined = await Rig.Stripe.PayAsync(url, TestCards.Declined);
        using var paid = await Rig.Stripe.PayAsync(url);
        var session = await Rig.Stripe.GetAsync($"/v1/checkout/sessions/{PaymentRig.SessionOf(url)}");
        var intent = session.GetProperty("payment_intent").GetString();
        var all = await Rig.Stripe.GetAsync("/v1/events?limit=20");
        string[] wanted = ["payment_intent.created", "payment_intent.payment_failed", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"];
        var events = all.GetProperty("data").EnumerateArray()
            .Where(item => wanted.Contains(item.GetProperty("type").GetString()))
            .Select(item => (Type: item.GetProperty("type").GetString()!, Id: item.GetProperty("id").GetString()!, Subject: item.GetProperty("data").GetProperty("object")))
            .Where(item => item.Subject.GetProperty("id").GetString() is { } id
                && (id == intent || id == session.GetProperty("id").GetString() || (id.StartsWith("ch_", StringComparison.Ordinal) && item.Subject.GetProperty("payment_intent").GetString() == intent)))
            .Select(item => new Hint(item.Id, item.Type, item.Subject.GetProperty("id").GetString()!))
            .ToList();
        return events.Count == 5 ? (booking, events) : throw new InvalidOperationException($"There are {events.Count} events.");
    }

    private static async Task DeliverAsync(Hint hint)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { id = hint.Id, @object = "event", type = hint.Type, created = 1_700_000_000, livemode = false, data = new { @object = new { id = hint.ObjectId } } });
        var seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(seconds + "."), .. body];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(StandInServer.WebhookSecret), signed);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/webhooks/stripe", UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", $"t={seconds},v1={Convert.ToHexStringLower(mac)}");
        using var answer = await Rig.App.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static IEnumerable<List<T>> Permutations<T>(List<T> items)
    {
        if (items.Count <= 1)
        {
            yield return items;
            yield break;
        }

        for (var i = 0; i < items.Count; i++)
        {
            foreach (var rest in Permutations<T>([.. items[..i], .. items[(i + 1)..]]))
            {
                yield return [items[i], .. rest];
            }
        }
    }

    private sealed record Hint(string Id, string Type, string ObjectId);
}
