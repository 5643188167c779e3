using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Payment;
using MedTourism.Payment.Checkouts;
using MedTourism.Payment.Providers;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Payment.Tests.Checkouts;

public sealed class PaymentTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [TearDown]
    public Task ResetAsync() => Rig.Stripe.ResetAsync();

    [Test]
    public async Task A_declined_card_is_announced_and_another_one_pays()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        using var declined = await Rig.Stripe.PayAsync(url, TestCards.Declined);
        await Eventually.That(() => Rig.App.Received<PaymentFailed>().Any(message => message.BookingId == booking), "PaymentFailed was not published.");
        Assert.That(Rig.App.Received<PaymentFailed>().Single(message => message.BookingId == booking).Reason, Is.EqualTo("generic_decline"));
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("open"));

        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.StatusBecomesAsync(booking, "paid");
        await Rig.AllEventsProcessedAsync();
        await Eventually.That(() => Paid(booking) == 1, "DepositPaid was not published.");
        Assert.That(Rig.App.Received<PaymentFailed>().Count(message => message.BookingId == booking), Is.EqualTo(1));
    }

    [Test]
    public async Task The_bank_s_question_delays_the_payment_until_it_is_answered()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        using var asked = await Rig.Stripe.PayAsync(url, TestCards.Asks);
        await Rig.AllEventsProcessedAsync();
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("open"));
        using var approved = await Rig.Stripe.Browser.PostAsync(
            new Uri(url + "/challenge"), new FormUrlEncodedContent(new Dictionary<string, string> { ["answer"] = "approve" }));
        await Rig.StatusBecomesAsync(booking, "paid");
    }

    [Test]
    public async Task A_slow_method_is_paid_when_its_money_comes()
    {
        var booking = await Rig.RequestDepositAsync();
        var session = PaymentRig.SessionOf(await Rig.OpenAsync(booking));
        await Rig.Stripe.ControlAsync($"sessions/{session}/slow", new { state = "pending" });
        await Rig.AllEventsProcessedAsync();
        await Eventually.That(
            async () => await Rig.ScalarAsync<string>($"SELECT state FROM checkouts WHERE session_id = '{session}'") == "processing", "It is not processing.");
        Assert.That(Paid(booking), Is.EqualTo(0));
        await Rig.Stripe.ControlAsync($"sessions/{session}/slow", new { state = "succeeded" });
        await Rig.StatusBecomesAsync(booking, "paid");
    }

    [Test]
    public async Task A_slow_method_whose_money_does_not_come_fails_once()
    {
        var booking = await Rig.RequestDepositAsync();
        var session = PaymentRig.SessionOf(await Rig.OpenAsync(booking));
        await Rig.Stripe.ControlAsync($"sessions/{session}/slow", new { state = "pending" });
        await Rig.AllEventsProcessedAsync();
        await Rig.Stripe.ControlAsync($"sessions/{session}/slow", new { state = "failed" });
        await Rig.StatusBecomesAsync(booking, "failed");
        await Rig.AllEventsProcessedAsync();
        await Eventually.That(() => Rig.App.Received<PaymentFailed>().Any(message => message.BookingId == booking), "PaymentFailed was not published.");
        Assert.That(Rig.App.Received<PaymentFailed>().Count(message => message.BookingId == booking), Is.EqualTo(1));
    }

    [Test]
    public async Task A_session_of_another_amount_pays_nothing()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        var real = (await Rig.Stripe.GetAsync("/v1/checkout/sessions/" + PaymentRig.SessionOf(url))).GetProperty("metadata");
        // Whoever holds our ids and a key of the account could make this; its webhook is genuine.
        var form = new Dictionary<string, string>
        {
            ["mode"] = "payment",
            ["success_url"] = "http://shop.test/",
            ["client_reference_id"] = booking.ToString(),
            ["line_items[0][quantity]"] = "1",
            ["line_items[0][price_data][currency]"] = "kzt",
            ["line_items[0][price_data][unit_amount]"] = "100",
            ["line_items[0][price_data][product_data][name]"] = "Cheap",
        };
        foreach (var pair in real.EnumerateObject())
        {
            form[$"metadata[{pair.Name}]"] = pair.Value.GetString()!;
        }

        await Rig.ExecuteAsync($"UPDATE checkouts SET session_id = NULL WHERE session_id = '{PaymentRig.SessionOf(url)}'");
        var cheap = await Rig.Stripe.PostAsync("/v1/checkout/sessions", form);
        using var paid = await Rig.Stripe.PayAsync(cheap.GetProperty("url").GetString()!);
        await Eventually.That(
            async () => await Rig.ScalarAsync<long>(
                $"SELECT count(*) FROM provider_events WHERE object_id = '{cheap.GetProperty("id").GetString()}' AND outcome = 'mismatch: amount'") == 1,
            "The mismatch was not noticed.");
        Assert.That(Paid(booking), Is.EqualTo(0));
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.Not.EqualTo("paid"));
    }

    [Test]
    public async Task An_expired_hold_closes_its_page()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        await Rig.App.PublishAsync(new HoldExpired(Guid.CreateVersion7(), booking, Guid.CreateVersion7(), "center-1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch), booking);
        await OpenCheckoutTests.SessionBecomesAsync(url, "expired");
        await Rig.StatusBecomesAsync(booking, "due");
        using var late = await Rig.Stripe.PayAsync(url);
        Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.Gone));
        using var again = await Rig.TryOpenAsync(booking);
        Assert.That((again.StatusCode, await OpenCheckoutTests.SlugAsync(again)), Is.EqualTo((HttpStatusCode.Gone, "deposit-not-due")));
        // A new hold of the same booking makes it due again.
        await Rig.RequestDepositAsync(fence: 2, booking: booking);
        await Rig.OpenAsync(booking);
    }

    [Test]
    public async Task A_page_found_complete_when_it_is_closed_counts_as_paid()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        await Rig.Stripe.ControlAsync("webhooks", new { drop = true });
        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.App.PublishAsync(new HoldReleased(Guid.CreateVersion7(), booking, Guid.CreateVersion7(), "center-1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch), booking);
        await Rig.StatusBecomesAsync(booking, "paid");
        await Eventually.That(() => Paid(booking) == 1, "DepositPaid was not published.");
    }

    [Test]
    public async Task A_dropped_webhook_is_made_up_for_by_looking()
    {
        await using var rig = await PaymentRig.StartAsync(reconcileEverySeconds: 1);
        await rig.Stripe.ControlAsync("webhooks", new { drop = true });
        var booking = await rig.PaidBookingAsync();
        await Eventually.That(() => rig.App.Received<DepositPaid>().Count(message => message.BookingId == booking) == 1, "DepositPaid was not published.");
        Assert.That(await rig.ScalarAsync<long>("SELECT count(*) FROM provider_events"), Is.EqualTo(0), "no webhook came");
    }

    [Test]
    public async Task An_opening_cut_off_by_a_crash_is_finished()
    {
        var booking = await Rig.RequestDepositAsync();
        // All tries of this request lose the answer, as if the process had died.
        for (var i = 0; i < 3; i++)
        {
            await Rig.Stripe.FaultAsync("drop-after-commit", "/v1/checkout/sessions");
        }

        using var lost = await Rig.TryOpenAsync(booking);
        Assert.That(lost.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await Rig.ExecuteAsync("UPDATE checkouts SET next_check_at = now() WHERE state = 'opening'");
        await Eventually.That(
            async () => await Rig.ScalarAsync<long>($"SELECT count(*) FROM checkouts JOIN charges c ON c.id = charge_id WHERE booking_id = '{booking}' AND state = 'open' AND session_id IS NOT NULL") == 1,
            "The opening was not finished.");
    }

    [Test]
    public async Task An_event_survives_a_provider_that_is_away()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        for (var i = 0; i < 9; i++)
        {
            await Rig.Stripe.FaultAsync("500", "/v1/", "GET");
        }

        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.StatusBecomesAsync(booking, "paid");
        Assert.That(await Rig.ScalarAsync<int>($"SELECT max(attempts) FROM provider_events WHERE object_id IN (SELECT session_id FROM checkouts) OR attempts > 1"), Is.GreaterThan(1));
    }

    [Test]
    public async Task Money_that_comes_twice_goes_back_by_itself()
    {
        var booking = await Rig.RequestDepositAsync();
        await Rig.Stripe.ControlAsync("webhooks", new { drop = true });
        var first = await Rig.OpenAsync(booking);
        using var paidFirst = await Rig.Stripe.PayAsync(first);
        await Rig.ExecuteAsync($"UPDATE checkouts SET expires_at = now() WHERE session_id = '{PaymentRig.SessionOf(first)}'");
        // Nothing is known of the first payment when the second page opens; the second is seen first.
        var second = await OpenSecondAsync(booking, first);
        using var paidSecond = await Rig.Stripe.PayAsync(second);
        await ApplyAsync(second);
        await ApplyAsync(first);
        await Eventually.That(
            async () => (await Rig.BalanceAsync(booking, "refunds-payable"), await Rig.BalanceAsync(booking, "provider-receivable")) == (0L, 1_500_000L)
                && await Rig.ScalarAsync<long>($"SELECT count(*) FROM refunds r JOIN charges c ON c.id = r.charge_id WHERE booking_id = '{booking}' AND reason = 'duplicate' AND r.state = 'succeeded'") == 1,
            "The second payment was not refunded.");
        await Eventually.That(() => Paid(booking) == 1, "DepositPaid was not published.");
        Assert.Multiple(() =>
        {
            Assert.That(Paid(booking), Is.EqualTo(1));
            Assert.That(Rig.App.Received<RefundIssued>().Count(message => message.BookingId == booking), Is.EqualTo(0), "the booking keeps its deposit");
        });
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("paid"));
    }

    private static async Task<string> OpenSecondAsync(Guid booking, string first)
    {
        // Kept from closing the first page while the second one opens.
        await Rig.ExecuteAsync($"UPDATE checkouts SET wanted = false, next_check_at = now() + interval '1 hour' WHERE session_id = '{PaymentRig.SessionOf(first)}'");
        return await Rig.OpenAsync(booking);
    }

    private static async Task ApplyAsync(string url)
    {
        await using var scope = Rig.App.Services.CreateAsyncScope();
        var seen = await scope.ServiceProvider.GetRequiredService<IPaymentProvider>().GetCheckoutAsync(PaymentRig.SessionOf(url), CancellationToken.None);
        await scope.ServiceProvider.GetRequiredService<ApplyCheckout>().RunAsync(seen, CancellationToken.None);
    }

    private static int Paid(Guid booking) => Rig.App.Received<DepositPaid>().Count(message => message.BookingId == booking);
}
