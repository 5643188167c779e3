using System.Text.Json;

namespace MedTourism.Payment.Tests.StandIns;

public sealed class OfficialClientTests
{
    [Test]
    public async Task The_official_client_creates_pays_retrieves_and_refunds()
    {
        await using var stripe = await StandInServer.StartAsync();
        var seen = JsonDocument.Parse(await NodeTools.ScriptAsync("drive.mjs", string.Empty, stripe.Address.ToString(), StandInServer.SecretKey)).RootElement;

        string Text(string name) => seen.GetProperty(name).GetRawText();
        Assert.Multiple(() =>
        {
            Assert.That(Text("created"), Is.EqualTo("""{"status":"open","payment_status":"unpaid","amount":1500000,"same":true}"""));
            Assert.That(Text("replayed"), Is.EqualTo("\"true\""));
            Assert.That(Text("mismatch"), Does.Contain("StripeIdempotencyError").And.Contain("400"));
            Assert.That(Text("declined"), Is.EqualTo("402"));
            Assert.That(Text("afterDecline"), Is.EqualTo("\"open\""));
            Assert.That(Text("paid"), Is.EqualTo("303"));
            Assert.That(Text("landing"), Is.EqualTo("true"));
            Assert.That(Text("complete"), Is.EqualTo(
                """{"status":"complete","payment_status":"paid","intent":"succeeded","received":1500000,"captured":1500000,"metadata":{"booking_id":"booking-1"}}"""));
            Assert.That(Text("expireComplete"), Does.Contain("StripeInvalidRequestError").And.Contain("400"));
            Assert.That(Text("refund"), Is.EqualTo("""{"status":"succeeded","amount":500000}"""));
            Assert.That(Text("tooMuch"), Does.Contain("StripeInvalidRequestError").And.Contain("amount"));
            Assert.That(Text("nothingLeft"), Does.Contain("charge_already_refunded"));
            Assert.That(Text("refunds"), Is.EqualTo("1500000"), "over pages of one");
            Assert.That(Text("expired"), Is.EqualTo("\"expired\""));
            Assert.That(Text("payExpired"), Is.EqualTo("410"));
            Assert.That(Text("types"), Does.Contain("payment_intent.payment_failed").And.Contain("checkout.session.completed").And.Contain("charge.refunded")
                .And.Contain("refund.created").And.Contain("checkout.session.expired"));
            Assert.That(Text("unknownParameter"), Does.Contain("parameter_unknown").And.Contain("colour"));
            Assert.That(Text("tooShort"), Does.Contain("expires_at"));
            Assert.That(Text("locale"), Does.Contain("locale"));
            Assert.That(Text("missing"), Does.Contain("resource_missing").And.Contain("404"));
            Assert.That(Text("stranger"), Does.Contain("StripeAuthenticationError").And.Contain("401"));
            Assert.That(Text("customer"), Is.EqualTo("\"A\""));
            Assert.That(Text("endpoint"), Is.EqualTo("""{"secret":true,"version":"2026-10-28.endive","deleted":true}"""));
        });
    }

    [Test]
    public async Task A_key_in_use_is_a_conflict_and_a_stored_failure_is_replayed()
    {
        await using var stripe = await StandInServer.StartAsync();
        await stripe.ControlAsync("faults", new { kind = "hold", method = "POST", holdMs = 1500 });
        var slow = SendAsync(stripe, "held");
        HttpResponseMessage? conflict = null;
        await TestKit.Eventually.That(
            async () => (conflict = await SendAsync(stripe, "held")).StatusCode == System.Net.HttpStatusCode.Conflict, "No conflict was seen.");
        using var done = await slow;
        await stripe.FaultAsync("500-stored");
        using var failed = await SendAsync(stripe, "doomed");
        using var replayed = await SendAsync(stripe, "doomed");
        Assert.Multiple(() =>
        {
            Assert.That((int)done.StatusCode, Is.EqualTo(200));
            Assert.That((int)failed.StatusCode, Is.EqualTo(500));
            Assert.That((int)replayed.StatusCode, Is.EqualTo(500));
            Assert.That(replayed.Headers.GetValues("Idempotent-Replayed"), Is.EqualTo(new[] { "true" }));
            Assert.That(replayed.Headers.GetValues("Original-Request"), Is.EqualTo(failed.Headers.GetValues("Request-Id")));
        });
    }

    private static async Task<HttpResponseMessage> SendAsync(StandInServer stripe, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/customers", UriKind.Relative));
        request.Headers.Add("Idempotency-Key", key);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "A" });
        return await stripe.Api.SendAsync(request);
    }
}
