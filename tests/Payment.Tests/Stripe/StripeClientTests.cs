using System.Net;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Stripe;

namespace MedTourism.Payment.Tests.Stripe;

public sealed class StripeClientTests
{
    private static readonly Dictionary<string, object?> Parameters = new() { ["a"] = new Dictionary<string, object?> { ["b"] = 1 } };

    [Test]
    public async Task A_request_carries_the_pinned_version_the_key_and_a_form()
    {
        var server = new Script(Answer(200));
        await server.PostAsync("refund:1:v1");
        Assert.Multiple(() =>
        {
            Assert.That(server.Seen[0].Version, Is.EqualTo("2026-10-28.endive"));
            Assert.That(server.Seen[0].Authorization, Is.EqualTo("Bearer sk_test_x"));
            Assert.That(server.Seen[0].Key, Is.EqualTo("refund:1:v1"));
            Assert.That(server.Seen[0].Body, Is.EqualTo("a[b]=1"));
            Assert.That(server.Seen[0].Type, Is.EqualTo("application/x-www-form-urlencoded"));
        });
    }

    [TestCase(409)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task Conflicts_and_failures_are_tried_again_under_the_same_key(int status)
    {
        var server = new Script(Answer(status), Answer(status), Answer(200));
        await server.PostAsync("key-1");
        Assert.That(server.Seen.Select(seen => seen.Key), Is.EqualTo(new[] { "key-1", "key-1", "key-1" }));
    }

    [Test]
    public async Task A_broken_connection_is_tried_again_under_the_same_key()
    {
        var server = new Script(() => throw new HttpRequestException("reset"), Answer(200));
        await server.PostAsync("key-1");
        Assert.That(server.Seen.Select(seen => seen.Key), Is.EqualTo(new[] { "key-1", "key-1" }));
    }

    [Test]
    public void It_gives_up_after_two_retries()
    {
        var server = new Script(Answer(500), Answer(500), Answer(500), Answer(200));
        Assert.Multiple(() =>
        {
            Assert.That(() => server.PostAsync("key-1"), Throws.TypeOf<ProviderUnavailableException>());
            Assert.That(server.Seen, Has.Count.EqualTo(3));
        });
    }

    [TestCase(400)]
    [TestCase(402)]
    [TestCase(404)]
    public void Refusals_are_not_tried_again(int status)
    {
        var server = new Script(Answer(status), Answer(200));
        Assert.Multiple(() =>
        {
            Assert.That(() => server.PostAsync("key-1"), Throws.TypeOf<ProviderRefusedException>()
                .With.Property(nameof(ProviderRefusedException.Code)).EqualTo("card_declined")
                .And.Property(nameof(ProviderRefusedException.DeclineCode)).EqualTo("lost_card"));
            Assert.That(server.Seen, Has.Count.EqualTo(1));
        });
    }

    [TestCase(429)]
    [TestCase(401)]
    public void Limits_and_keys_are_left_to_a_later_call(int status)
    {
        var server = new Script(Answer(status), Answer(200));
        Assert.Multiple(() =>
        {
            Assert.That(() => server.PostAsync("key-1"), Throws.TypeOf<ProviderUnavailableException>());
            Assert.That(server.Seen, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void What_the_provider_says_about_retrying_wins()
    {
        var never = new Script(Answer(500, shouldRetry: "false"), Answer(200));
        var always = new Script(Answer(400, shouldRetry: "true"), Answer(200));
        Assert.Multiple(() =>
        {
            Assert.That(() => never.PostAsync("key-1"), Throws.TypeOf<ProviderUnavailableException>());
            Assert.That(never.Seen, Has.Count.EqualTo(1));
            Assert.That(() => always.PostAsync("key-1"), Throws.Nothing);
            Assert.That(always.Seen, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public void Delays_double_from_half_a_second_to_five_with_jitter()
    {
        var policy = RetryPolicy.Default;
        Assert.Multiple(() =>
        {
            Assert.That(policy.DelayBefore(1, 0).TotalSeconds, Is.EqualTo(0.5));
            Assert.That(policy.DelayBefore(1, 1).TotalSeconds, Is.EqualTo(0.5));
            Assert.That(policy.DelayBefore(3, 0).TotalSeconds, Is.EqualTo(1.0));
            Assert.That(policy.DelayBefore(3, 1).TotalSeconds, Is.EqualTo(2.0));
            Assert.That(policy.DelayBefore(20, 0).TotalSeconds, Is.EqualTo(2.5));
            Assert.That(policy.DelayBefore(20, 1).TotalSeconds, Is.EqualTo(5.0));
            Assert.That(StripeOptions.Timeout.TotalSeconds, Is.EqualTo(80));
        });
    }

    private static Func<HttpResponseMessage> Answer(int status, string? shouldRetry = null) => () =>
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(status == 200 ? "{}" : """{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","message":"no"}}"""),
        };
        if (shouldRetry is not null)
        {
            answer.Headers.Add("Stripe-Should-Retry", shouldRetry);
        }

        return answer;
    };

    /// <summary>A server that answers as written, at the edge of the network.</summary>
    private sealed class Script(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        private readonly Queue<Func<HttpResponseMessage>> _answers = new(answers);

        public List<(string? Key, string? Version, string? Authorization, string? Type, string Body)> Seen { get; } = [];

        public async Task PostAsync(string key)
        {
            var policy = RetryPolicy.Default with { InitialDelay = TimeSpan.FromMilliseconds(1) };
            var options = new StripeOptions("sk_test_x", ["whsec_x"], new Uri("https://provider.test"), policy, 1000);
            using var http = new HttpClient(this, disposeHandler: false);
            using var pace = new StripePace(options);
            await new StripeClient(http, options, pace, TimeProvider.System).PostAsync<object>("/v1/things", Parameters, key, CancellationToken.None);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((
                request.Headers.GetValues("Idempotency-Key").Single(), request.Headers.GetValues("Stripe-Version").Single(), request.Headers.Authorization?.ToString(),
                request.Content!.Headers.ContentType?.MediaType, await request.Content.ReadAsStringAsync(cancellationToken)));
            return _answers.Dequeue()();
        }
    }
}
