using System.Net;
using System.Text;
using System.Text.Json;

namespace MedTourism.Payment.Tests.Events;

public sealed class ReceiveStripeEventTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [Test]
    public async Task A_signature_of_the_official_client_is_accepted_and_the_event_stored_once()
    {
        var (id, payload) = Event();
        var header = await OfficialHeaderAsync(payload, StandInServer.WebhookSecret, 0);
        using var first = await PostAsync(payload, header);
        using var second = await PostAsync(payload, header);
        Assert.Multiple(() =>
        {
            Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        });
        Assert.That(await StoredAsync(id), Is.EqualTo(1));
    }

    [TestCase(-280, HttpStatusCode.OK)]
    [TestCase(290, HttpStatusCode.OK)]
    [TestCase(-310, HttpStatusCode.BadRequest)]
    [TestCase(310, HttpStatusCode.BadRequest)]
    public async Task The_time_may_be_off_by_five_minutes_either_way(int seconds, HttpStatusCode expected)
    {
        var (id, payload) = Event();
        using var answer = await PostAsync(payload, await OfficialHeaderAsync(payload, StandInServer.WebhookSecret, seconds));
        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That(await StoredAsync(id), Is.EqualTo(expected == HttpStatusCode.OK ? 1 : 0));
    }

    [Test]
    public async Task Forged_and_malformed_signatures_are_refused()
    {
        var (id, payload) = Event();
        var good = await OfficialHeaderAsync(payload, StandInServer.WebhookSecret, 0);
        var time = good.Split(',')[0];
        string[] bad =
        [
            await OfficialHeaderAsync(payload, "whsec_of_someone_else", 0),
            await OfficialHeaderAsync(payload + " ", StandInServer.WebhookSecret, 0),
            good.Replace("v1=", "v0=", StringComparison.Ordinal),
            good.ToUpperInvariant(),
            time,
            good[(good.IndexOf(',', StringComparison.Ordinal) + 1)..],
            time + ",v1=",
            time + ",v1=zz",
            "t=abc," + good.Split(',')[1],
            "garbage",
        ];
        foreach (var header in bad)
        {
            using var answer = await PostAsync(payload, header);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), header);
        }

        using var none = await PostAsync(payload, null);
        Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await StoredAsync(id), Is.EqualTo(0));
    }

    [Test]
    public async Task Any_of_several_signatures_will_do_and_so_will_either_secret()
    {
        var (first, payload) = Event();
        var good = await OfficialHeaderAsync(payload, StandInServer.WebhookSecret, 0);
        var several = good.Replace(",v1=", $",v1={new string('0', 64)},v0=beef,v1=", StringComparison.Ordinal);
        using var one = await PostAsync(payload, several);
        var (second, other) = Event();
        using var two = await PostAsync(other, await OfficialHeaderAsync(other, "whsec_the_old_one", 0));
        Assert.That((await StoredAsync(first), await StoredAsync(second)), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public async Task An_event_of_the_other_mode_is_answered_and_ignored()
    {
        var (id, payload) = Event(live: true);
        using var answer = await PostAsync(payload, await OfficialHeaderAsync(payload, StandInServer.WebhookSecret, 0));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StoredAsync(id), Is.EqualTo(0));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_body_larger_than_any_event_is_refused_unread(bool declared)
    {
        using var content = new StreamContent(new MemoryStream(new byte[200 * 1024]));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/webhooks/stripe", UriKind.Relative)) { Content = content };
        request.Headers.TransferEncodingChunked = !declared;
        using var answer = await Rig.App.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task What_is_signed_but_no_event_is_refused()
    {
        const string Payload = """{"hello":"world"}""";
        using var answer = await PostAsync(Payload, await OfficialHeaderAsync(Payload, StandInServer.WebhookSecret, 0));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task The_official_client_accepts_what_the_stand_in_sends()
    {
        var received = new TaskCompletionSource<(string Body, string Header)>();
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var listening = ListenAsync(listener, received);
        await using var stripe = await StandInServer.StartAsync();
        await stripe.ControlAsync("webhook-url", new { url = $"http://127.0.0.1:{port}/" });
        await stripe.PostAsync("/v1/customers", new Dictionary<string, string> { ["name"] = "Жанна" });
        var (body, header) = await received.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var type = await NodeTools.ScriptAsync("verify.mjs", JsonSerializer.Serialize(new { payload = body, header, secret = StandInServer.WebhookSecret }));
        Assert.That(type.Trim(), Is.EqualTo("customer.created"));
        listener.Stop();
        await listening;
    }

    private static async Task ListenAsync(HttpListener listener, TaskCompletionSource<(string Body, string Header)> received)
    {
        try
        {
            var context = await listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            received.TrySetResult((await reader.ReadToEndAsync(), context.Request.Headers["Stripe-Signature"]!));
            context.Response.Close();
        }
        catch (HttpListenerException exception)
        {
            received.TrySetException(exception);
        }
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static (string Id, string Payload) Event(bool live = false)
    {
        var id = $"evt_{Guid.NewGuid():N}";
        return (id, JsonSerializer.Serialize(
            new { id, @object = "event", type = "customer.updated", created = 1_700_000_000, livemode = live, data = new { @object = new { id = "cus_1", name = "Ünïcode 😀" } } }));
    }

    private static Task<long> StoredAsync(string id) => Rig.ScalarAsync<long>($"SELECT count(*) FROM provider_events WHERE id = '{id}'");

    private static async Task<string> OfficialHeaderAsync(string payload, string secret, int seconds)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
        return (await NodeTools.ScriptAsync("sign.mjs", JsonSerializer.Serialize(new { payload, secret, timestamp }))).Trim();
    }

    private static async Task<HttpResponseMessage> PostAsync(string payload, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/webhooks/stripe", UriKind.Relative));
        request.Content = new StringContent(payload, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", header);
        return await Rig.App.Client.SendAsync(request);
    }
}
