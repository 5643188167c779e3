using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Contracts.Payment;
using MedTourism.TestKit;

namespace MedTourism.Payment.Tests.Checkouts;

public sealed class OpenCheckoutTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [TearDown]
    public Task ResetAsync() => Rig.Stripe.ResetAsync();

    [Test]
    public async Task The_amount_is_the_one_booking_named_whatever_the_browser_says()
    {
        var booking = await Rig.RequestDepositAsync(1_234_500);
        using var answer = await Rig.TryOpenAsync(booking, new
        {
            bookingId = booking,
            successUrl = "http://localhost:8080/ru/paid",
            cancelUrl = "http://localhost:8080/ru/back",
            culture = "kk",
            amount = 1,
            amountMinor = 1,
            currency = "JPY",
            deposit = new { amountMinor = 1, currency = "JPY" },
        });
        var session = await SessionAsync(answer);
        Assert.Multiple(() =>
        {
            Assert.That(session.GetProperty("amount_total").GetInt64(), Is.EqualTo(1_234_500));
            Assert.That(session.GetProperty("currency").GetString(), Is.EqualTo("kzt"));
        });
    }

    [Test]
    public async Task The_page_is_told_ids_a_neutral_name_and_31_minutes_and_nothing_else()
    {
        var booking = await Rig.RequestDepositAsync();
        using var answer = await Rig.TryOpenAsync(booking);
        var session = await SessionAsync(answer);
        var items = await Rig.Stripe.GetAsync($"/v1/checkout/sessions/{session.GetProperty("id").GetString()}/line_items");
        var seconds = session.GetProperty("expires_at").GetInt64() - session.GetProperty("created").GetInt64();
        Assert.Multiple(() =>
        {
            Assert.That(items.GetProperty("data")[0].GetProperty("description").GetString(), Is.EqualTo("Deposit KZ-TEST-11"));
            Assert.That(session.GetProperty("client_reference_id").GetString(), Is.EqualTo(booking.ToString()));
            Assert.That(session.GetProperty("locale").GetString(), Is.EqualTo("ru"));
            Assert.That(session.GetProperty("customer_email").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(seconds, Is.InRange((30 * 60) + 30, 31 * 60));
            Assert.That(
                session.GetProperty("metadata").EnumerateObject().Select(pair => (pair.Name, IsId: Guid.TryParse(pair.Value.GetString(), out _))),
                Is.EquivalentTo(new[] { ("booking_id", true), ("charge_id", true), ("checkout_id", true) }));
        });
    }

    [Test]
    public async Task A_deposit_not_requested_yet_is_not_ready()
    {
        using var answer = await Rig.TryOpenAsync(Guid.CreateVersion7());
        Assert.That((answer.StatusCode, await SlugAsync(answer)), Is.EqualTo((HttpStatusCode.Conflict, "deposit-not-ready")));
    }

    [Test]
    public async Task Twenty_clients_at_once_get_the_same_page()
    {
        var booking = await Rig.RequestDepositAsync();
        var urls = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Rig.OpenAsync(booking)));
        Assert.That(urls.Distinct().ToList(), Has.Count.EqualTo(1));
        Assert.That(await SessionsAsync(booking), Is.EqualTo(1));
        await Eventually.That(() => Rig.App.Received<CheckoutOpened>().Any(message => message.BookingId == booking), "CheckoutOpened was not published.");
        Assert.That(Rig.App.Received<CheckoutOpened>().Count(message => message.BookingId == booking), Is.EqualTo(1));
    }

    [Test]
    public async Task An_answer_lost_after_the_commit_opens_one_page()
    {
        var booking = await Rig.RequestDepositAsync();
        await Rig.Stripe.FaultAsync("drop-after-commit", "/v1/checkout/sessions");
        var url = await Rig.OpenAsync(booking);
        Assert.That(await SessionsAsync(booking), Is.EqualTo(1));
        using var paid = await Rig.Stripe.PayAsync(url);
        await Rig.StatusBecomesAsync(booking, "paid");
    }

    [Test]
    public async Task A_provider_that_is_away_is_told_so_and_the_next_try_opens_the_same_page()
    {
        var booking = await Rig.RequestDepositAsync();
        foreach (var kind in new[] { "drop-after-commit", "500", "500" })
        {
            await Rig.Stripe.FaultAsync(kind, "/v1/checkout/sessions");
        }

        using var away = await Rig.TryOpenAsync(booking);
        Assert.That((away.StatusCode, await SlugAsync(away)), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "provider-unavailable")));
        await Rig.OpenAsync(booking);
        Assert.That(await SessionsAsync(booking), Is.EqualTo(1));
    }

    [TestCase("https://evil.test/")]
    [TestCase("javascript:alert(1)")]
    [TestCase("//evil.test")]
    [TestCase("http://localhost:8080.evil.test/")]
    public async Task Only_our_own_pages_are_returned_to(string foreign)
    {
        var booking = await Rig.RequestDepositAsync();
        using var answer = await Rig.TryOpenAsync(booking, new { bookingId = booking, successUrl = foreign, cancelUrl = "http://localhost:8080/" });
        Assert.That((answer.StatusCode, await SlugAsync(answer)), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "invalid-fields")));
        Assert.That(await SessionsAsync(booking), Is.EqualTo(0));
    }

    [Test]
    public async Task A_later_request_replaces_the_amount_and_the_page_and_an_earlier_one_does_not()
    {
        var booking = await Rig.RequestDepositAsync(1_000_000, fence: 2);
        var first = await Rig.OpenAsync(booking);
        await Rig.RequestDepositAsync(2_000_000, fence: 3, booking: booking);
        await Rig.App.PublishAsync(
            new Contracts.Booking.DepositRequested(booking, "KZ-TEST-11", "center-1", 5, "KZT", "en", DateTimeOffset.UnixEpoch, 1), booking);
        var second = await Rig.OpenAsync(booking);
        Assert.That((await Rig.StatusAsync(booking)).GetProperty("amount").GetProperty("amountMinor").GetInt64(), Is.EqualTo(2_000_000));
        await SessionBecomesAsync(first, "expired");
        using var paid = await Rig.Stripe.PayAsync(second);
        await Rig.StatusBecomesAsync(booking, "paid");
        await Eventually.That(() => Rig.App.Received<DepositPaid>().Any(message => message.BookingId == booking), "DepositPaid was not published.");
        var message = Rig.App.Received<DepositPaid>().Single(message => message.BookingId == booking);
        Assert.That((message.AmountMinor, message.Fence), Is.EqualTo((2_000_000L, 3)));
    }

    [Test]
    public async Task A_paid_deposit_is_not_paid_again()
    {
        var booking = await Rig.PaidBookingAsync();
        using var answer = await Rig.TryOpenAsync(booking);
        Assert.That((answer.StatusCode, await SlugAsync(answer)), Is.EqualTo((HttpStatusCode.Conflict, "already-paid")));
    }

    [TestCase("KZT", 1_500_000, 1_500_000)]
    [TestCase("UGX", 5_000, 500_000)]
    [TestCase("JPY", 5_000, 5_000)]
    [TestCase("KWD", 5_120, 5_120)]
    public async Task Amounts_reach_the_page_as_the_provider_counts_them(string currency, long minor, long expected)
    {
        using var answer = await Rig.TryOpenAsync(await Rig.RequestDepositAsync(minor, currency));
        Assert.That((await SessionAsync(answer)).GetProperty("amount_total").GetInt64(), Is.EqualTo(expected));
    }

    internal static Task SessionBecomesAsync(string url, string status) => Eventually.That(
        async () => (await Rig.Stripe.GetAsync("/v1/checkout/sessions/" + PaymentRig.SessionOf(url))).GetProperty("status").GetString() == status,
        $"The session did not become '{status}'.");

    internal static async Task<string?> SlugAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()?["urn:medtourism:problem:".Length..];

    private static async Task<JsonElement> SessionAsync(HttpResponseMessage answer)
    {
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        var url = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
        return await Rig.Stripe.GetAsync("/v1/checkout/sessions/" + PaymentRig.SessionOf(url));
    }

    private static async Task<int> SessionsAsync(Guid booking)
    {
        var all = await Rig.Stripe.GetAsync("/v1/checkout/sessions?limit=100");
        return all.GetProperty("data").EnumerateArray().Count(session => session.GetProperty("client_reference_id").GetString() == booking.ToString());
    }
}
