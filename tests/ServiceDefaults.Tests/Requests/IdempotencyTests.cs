using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Requests;

internal sealed class IdempotencyTests
{
    private ServiceUnderTest<Program> _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _service = await ServiceUnderTest<Program>.StartAsync("chaos");

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task A_request_without_a_key_is_refused_and_changes_nothing()
    {
        var before = await CountAsync("command");
        using var answer = await _service.Client.PostAsJsonAsync("/things", new { name = "a", n = 1 });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await TypeAsync(answer), Is.EqualTo("urn:medtourism:problem:idempotency-key-missing"));
        Assert.That(await CountAsync("command"), Is.EqualTo(before));
    }

    [Test]
    public async Task The_same_request_again_gets_the_same_answer_and_is_done_once()
    {
        var key = Guid.NewGuid().ToString();
        var before = await CountAsync("command");
        using var first = await PostAsync("/things", key, "мама", 1);
        using var second = await PostAsync("/things", key, "мама", 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(second.Headers.Location, Is.EqualTo(first.Headers.Location));
            Assert.That(await second.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()));
            Assert.That(second.Headers.Contains("Idempotent-Replayed"), Is.True);
            Assert.That(await CountAsync("command"), Is.EqualTo(before + 1));
        }
    }

    [Test]
    public async Task Twenty_copies_at_once_are_done_once()
    {
        var key = Guid.NewGuid().ToString();
        var before = await CountAsync("command");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync("/things", key, "race", 2)));
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        Assert.That(answers.Select(answer => answer.StatusCode), Is.All.EqualTo(HttpStatusCode.Created));
        Assert.That(bodies.Distinct().Count(), Is.EqualTo(1));
        Assert.That(await CountAsync("command"), Is.EqualTo(before + 1));
    }

    [Test]
    public async Task A_key_used_for_another_request_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        using var first = await PostAsync("/things", key, "one", 1);
        using var second = await PostAsync("/things", key, "two", 1);
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(await TypeAsync(second), Is.EqualTo("urn:medtourism:problem:idempotency-key-reused"));
    }

    [Test]
    public async Task A_refusal_rolls_everything_back_and_frees_the_key()
    {
        var key = Guid.NewGuid().ToString();
        var (commands, messages) = (await CountAsync("command"), await CountAsync("outbox"));
        using var refused = await PostAsync("/rolled-back", key, "x", 3);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await TypeAsync(refused), Is.EqualTo("urn:medtourism:problem:refused-on-purpose"));
        Assert.That(await CountAsync("command"), Is.EqualTo(commands));
        Assert.That(await CountAsync("outbox"), Is.LessThanOrEqualTo(messages), "the refused request left a message");
        Assert.That(await CountAsync($"idempotency WHERE key = '{key}'"), Is.Zero);
    }

    [TestCase("{", "malformed-request", HttpStatusCode.BadRequest)]
    [TestCase("{\"name\":\"a\",\"n\":\"many\"}", "malformed-request", HttpStatusCode.BadRequest)]
    public async Task Bad_json_is_a_clear_problem(string body, string slug, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/things") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(Idempotency.Header, Guid.NewGuid().ToString());
        using var answer = await _service.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(status));
        Assert.That(await TypeAsync(answer), Is.EqualTo($"urn:medtourism:problem:{slug}"));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var answer = await PostAsync("/things", Guid.NewGuid().ToString(), new string('x', 300 * 1024), 1);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await TypeAsync(answer), Is.EqualTo("urn:medtourism:problem:body-too-large"));
    }

    [Test]
    public async Task A_failure_says_nothing_about_the_inside()
    {
        using var answer = await _service.Client.GetAsync(new Uri("/throws", UriKind.Relative));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Not.Contain("secret").And.Contain("urn:medtourism:problem:internal-error"));
    }

    [Test]
    public async Task A_caller_over_the_limit_is_told_how_long_to_wait()
    {
        var last = HttpStatusCode.OK;
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 40 && last == HttpStatusCode.OK; i++)
        {
            refused?.Dispose();
            refused = await _service.Client.GetAsync(new Uri("/limited", UriKind.Relative));
            last = refused.StatusCode;
        }

        Assert.That(last, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(refused!.Headers.RetryAfter?.Delta, Is.Not.Null);
        Assert.That(await TypeAsync(refused), Is.EqualTo("urn:medtourism:problem:too-many-requests"));
        refused.Dispose();
    }

    private static async Task<string?> TypeAsync(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["type"];

    private async Task<HttpResponseMessage> PostAsync(string path, string key, string name, int n)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { name, n }) };
        request.Headers.Add(Idempotency.Header, key);
        return await _service.Client.SendAsync(request);
    }

    private async Task<long> CountAsync(string from)
    {
        await using var source = NpgsqlDataSource.Create(_service.ConnectionString);
        await using var command = source.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
