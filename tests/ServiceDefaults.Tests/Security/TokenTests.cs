using System.Net;
using System.Net.Http.Headers;
using MedTourism.TestKit;

namespace MedTourism.ServiceDefaults.Tests.Security;

internal sealed class TokenTests
{
    private ServiceUnderTest<Program> _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _service = await ServiceUnderTest<Program>.StartAsync("chaos");

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task An_endpoint_that_says_nothing_is_closed() =>
        Assert.That(await StatusAsync("/signed-in", null), Is.EqualTo(HttpStatusCode.Unauthorized));

    [Test]
    public async Task A_token_of_our_issuer_for_this_service_opens_it() =>
        Assert.That(await StatusAsync("/signed-in", _service.Tokens.For(sub: "someone")), Is.EqualTo(HttpStatusCode.OK));

    [Test]
    public async Task A_changed_signature_is_refused()
    {
        var token = _service.Tokens.For(sub: "someone");
        var signature = token.LastIndexOf('.') + 5;
        var forged = string.Concat(token.AsSpan(0, signature), token[signature] == 'A' ? "B" : "A", token.AsSpan(signature + 1));
        Assert.That(await StatusAsync("/signed-in", forged), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Only_the_right_kind_of_organisation_and_role_gets_in()
    {
        var organisation = Guid.NewGuid();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync("/clinic-admins", _service.Tokens.For(sub: "a", org: organisation, orgKind: "clinic", roles: ["admin"])), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusAsync("/clinic-admins", _service.Tokens.For(sub: "a", org: organisation, orgKind: "clinic", roles: ["doctor"])), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await StatusAsync("/clinic-admins", _service.Tokens.For(sub: "a", org: organisation, orgKind: "agency", roles: ["admin"])), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await StatusAsync("/clinic-admins", _service.Tokens.For(sub: "a")), Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task A_scope_is_a_whole_word()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync("/writers", _service.Tokens.For(sub: "a", scopes: ["openid", "chaos.write"])), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusAsync("/writers", _service.Tokens.For(sub: "a", scopes: ["chaos.writes"])), Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [TestCase("/operator/messaging")]
    [TestCase("/operator/messaging/outbox/1/redrive")]
    [TestCase("/operator/messaging/errors/chaos-stage-one_error/messages")]
    [TestCase("/operator/messaging/errors/chaos-stage-one_error/messages/1/discard")]
    public async Task Only_the_operator_sees_the_messages(string path)
    {
        using var request = new HttpRequestMessage(path.EndsWith("redrive", StringComparison.Ordinal) || path.EndsWith("discard", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _service.Tokens.For(sub: "a", org: Guid.NewGuid(), orgKind: "clinic", roles: ["admin"]));
        using var answer = await _service.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _service.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
