using System.Net;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Payment;
using MedTourism.TestKit;

namespace MedTourism.Payment.Tests.Refunds;

public sealed class RefundTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [TearDown]
    public Task ResetAsync() => Rig.Stripe.ResetAsync();

    [Test]
    public async Task A_cancelled_booking_is_refunded_once_by_two_replicas_and_two_copies_of_the_message()
    {
        await using var replica = await ServiceUnderTest<Program>.StartAsync("payment", PaymentRig.SettingsFor(Rig.Stripe), Rig.App.ConnectionString, Rig.App.BrokerUri);
        var bookings = new List<Guid>();
        var consumed = await Rig.ScalarAsync<long>("SELECT count(*) FROM inbox");
        for (var i = 0; i < 5; i++)
        {
            var booking = await Rig.PaidBookingAsync();
            bookings.Add(booking);
            // Other message ids: the inbox lets both through, the database does not.
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Rig.App.PublishAsync(Rig.Cancellation(booking, 900_000), booking)));
        }

        foreach (var booking in bookings)
        {
            await IssuedAsync(booking);
            Assert.That(await RefundsAtProviderAsync(booking), Is.EqualTo(new[] { 900_000L }));
            Assert.That(await Rig.BalanceAsync(booking, "provider-receivable"), Is.EqualTo(600_000));
            Assert.That(await Rig.BalanceAsync(booking, "deposits-held"), Is.EqualTo(-600_000));
            Assert.That(await Rig.BalanceAsync(booking, "refunds-payable"), Is.EqualTo(0));
        }

        await Rig.AllEventsProcessedAsync();
        Assert.That(bookings.Select(Issued), Is.All.EqualTo(1));
        // Copies are no errors either: every one of the thirty messages was consumed.
        await Eventually.That(
            async () => await Rig.ScalarAsync<long>("SELECT count(*) FROM inbox") == consumed + (bookings.Count * 7), "A copy of the cancellation was not consumed.");
    }

    [Test]
    public async Task An_unplaceable_deposit_goes_back_whole()
    {
        var booking = await Rig.PaidBookingAsync();
        await Rig.App.PublishAsync(new DepositUnplaceable(booking, "KZ-TEST-11", 1_500_000, "KZT", "taken", DateTimeOffset.UnixEpoch), booking);
        await Rig.StatusBecomesAsync(booking, "refunded");
        await IssuedAsync(booking);
        Assert.That(Rig.App.Received<RefundIssued>().Single(message => message.BookingId == booking).Reason, Is.EqualTo("unplaceable"));
    }

    [Test]
    public async Task Never_more_goes_back_than_came_in()
    {
        var booking = await Rig.PaidBookingAsync();
        await Rig.App.PublishAsync(Rig.Cancellation(booking, 1_000_000), booking);
        await IssuedAsync(booking);
        await Rig.App.PublishAsync(new DepositUnplaceable(booking, "KZ-TEST-11", 1_500_000, "KZT", "taken", DateTimeOffset.UnixEpoch), booking);
        await Rig.StatusBecomesAsync(booking, "refunded");
        Assert.That((await RefundsAtProviderAsync(booking)).Sum(), Is.EqualTo(1_500_000));
        var checkout = await Rig.ScalarAsync<Guid>($"SELECT paid_checkout_id FROM charges WHERE booking_id = '{booking}'");
        Assert.That(
            async () => await Rig.ExecuteAsync($"UPDATE checkouts SET refund_committed_minor = refund_committed_minor + 1 WHERE id = '{checkout}'"),
            Throws.TypeOf<Npgsql.PostgresException>().With.Property("ConstraintName").EqualTo("refunds_within_captured"));
    }

    [Test]
    public async Task An_answer_lost_after_the_commit_refunds_once()
    {
        var booking = await Rig.PaidBookingAsync();
        for (var i = 0; i < 4; i++)
        {
            await Rig.Stripe.FaultAsync("drop-after-commit", "/v1/refunds");
        }

        await Rig.App.PublishAsync(Rig.Cancellation(booking, 700_000), booking);
        await IssuedAsync(booking);
        Assert.That(await RefundsAtProviderAsync(booking), Is.EqualTo(new[] { 700_000L }));
        Assert.That(await Rig.ScalarAsync<int>($"SELECT attempts FROM refunds r JOIN charges c ON c.id = charge_id WHERE booking_id = '{booking}'"), Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task A_call_of_unknown_outcome_older_than_the_key_is_searched_for_first()
    {
        var booking = await Rig.PaidBookingAsync();
        await Rig.Stripe.ControlAsync("webhooks", new { drop = true });
        for (var i = 0; i < 3; i++)
        {
            await Rig.Stripe.FaultAsync("drop-after-commit", "/v1/refunds");
        }

        await Rig.App.PublishAsync(Rig.Cancellation(booking, 700_000), booking);
        // The call is over, with an unknown outcome, once the lease became a pause.
        await Eventually.That(
            async () => (await RefundsAtProviderAsync(booking)).Count == 1
                && await Rig.ScalarAsync<long>("SELECT count(*) FROM refunds WHERE state = 'queued' AND next_check_at < now() + interval '1 minute'") == 1,
            "The refund was not tried.");
        await Rig.ExecuteAsync("UPDATE refunds SET first_called_at = now() - interval '2 days' WHERE state = 'queued'");
        // The provider has forgotten the key by now.
        await Rig.Stripe.ControlAsync("clock", new { advanceSeconds = 90_000 });
        try
        {
            await IssuedAsync(booking);
            Assert.That(await RefundsAtProviderAsync(booking), Is.EqualTo(new[] { 700_000L }));
        }
        finally
        {
            await Rig.Stripe.ControlAsync("clock", new { advanceSeconds = -90_000 });
        }
    }

    [Test]
    public async Task A_slow_refund_is_issued_when_it_arrives()
    {
        var booking = await Rig.PaidBookingAsync(TestCards.SlowRefund);
        await Rig.App.PublishAsync(Rig.Cancellation(booking, 1_500_000), booking);
        await IssuedAsync(booking);
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("refunded"));
    }

    [Test]
    public async Task A_refund_that_fails_afterwards_reopens_the_debt_until_the_operator_sends_it_again()
    {
        var booking = await Rig.PaidBookingAsync(TestCards.FailingRefund);
        await Rig.App.PublishAsync(Rig.Cancellation(booking, 1_500_000), booking);
        await Eventually.That(() => Rig.App.Received<RefundFailed>().Any(message => message.BookingId == booking), "RefundFailed was not published.");
        Assert.Multiple(async () =>
        {
            Assert.That(Issued(booking), Is.EqualTo(1));
            Assert.That(await Rig.BalanceAsync(booking, "refunds-payable"), Is.EqualTo(-1_500_000));
            Assert.That(await Rig.BalanceAsync(booking, "provider-receivable"), Is.EqualTo(1_500_000));
            Assert.That((await Rig.StatusAsync(booking)).GetProperty("status").GetString(), Is.EqualTo("paid"));
        });

        using var operators = Rig.App.ClientFor(Rig.App.Tokens.For(sub: "operator-1", orgKind: "operator", org: Guid.CreateVersion7()));
        var id = await Rig.ScalarAsync<Guid>($"SELECT r.id FROM refunds r JOIN charges c ON c.id = charge_id WHERE booking_id = '{booking}'");
        using var stranger = await Rig.App.Client.PostAsync(new Uri($"/operator/refunds/{id}/retry", UriKind.Relative), null);
        using var sent = await operators.PostAsync(new Uri($"/operator/refunds/{id}/retry", UriKind.Relative), null);
        Assert.That((stranger.StatusCode, sent.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Accepted)));
        await Eventually.That(() => Issued(booking) == 2, "It was not sent again.");
        await Eventually.That(() => Rig.App.Received<RefundFailed>().Count(message => message.BookingId == booking) == 2, "This card fails each time.");
        Assert.That(await RefundsAtProviderAsync(booking), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_refund_made_in_the_provider_s_dashboard_is_in_the_books()
    {
        var booking = await Rig.PaidBookingAsync();
        await Rig.Stripe.PostAsync("/v1/refunds", new Dictionary<string, string> { ["payment_intent"] = await PaymentAsync(booking), ["amount"] = "200000" });
        await Eventually.That(async () => await Rig.BalanceAsync(booking, "provider-receivable") == 1_300_000, "It is not in the ledger.");
        await Rig.AllEventsProcessedAsync();
        Assert.That(await Rig.BalanceAsync(booking, "deposits-held"), Is.EqualTo(-1_300_000));
        Assert.That(Issued(booking), Is.EqualTo(0));
    }

    [Test]
    public async Task A_cancellation_that_overtakes_the_payment_waits_for_it()
    {
        var booking = await Rig.RequestDepositAsync();
        var url = await Rig.OpenAsync(booking);
        await Rig.Stripe.ControlAsync("webhooks", new { delayMs = 1500 });
        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.App.PublishAsync(Rig.Cancellation(booking, 1_500_000), booking);
        await Rig.StatusBecomesAsync(booking, "refunded");
    }

    private static int Issued(Guid booking) => Rig.App.Received<RefundIssued>().Count(message => message.BookingId == booking);

    private static Task IssuedAsync(Guid booking) => Eventually.That(() => Issued(booking) > 0, "RefundIssued was not published.");

    private static Task<string> PaymentAsync(Guid booking) =>
        Rig.ScalarAsync<string>($"SELECT payment_id FROM checkouts WHERE id = (SELECT paid_checkout_id FROM charges WHERE booking_id = '{booking}')");

    private static async Task<List<long>> RefundsAtProviderAsync(Guid booking)
    {
        var list = await Rig.Stripe.GetAsync("/v1/refunds?payment_intent=" + await PaymentAsync(booking));
        return [.. list.GetProperty("data").EnumerateArray().Select((JsonElement refund) => refund.GetProperty("amount").GetInt64())];
    }
}
