using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MedTourism.Identity.Tests;

/// <summary>One system for all tests that do not need settings of their own; its first operator came by the invitation of the first start.</summary>
[SetUpFixture]
public sealed class Shared
{
    public const string FirstOperator = "first.operator@people.test";

    public static IdentitySystem System { get; private set; } = null!;

    public static Person Operator { get; private set; } = null!;

    public static JsonNode OperatorTokens { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        System = await IdentitySystem.StartAsync(("Identity:FirstOperatorEmail", FirstOperator));
        (Operator, OperatorTokens) = await System.AcceptAsync(FirstOperator);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (System is not null)
        {
            await System.DisposeAsync();
        }
    }

    /// <summary>The operator admits an organisation; its first administrator accepts.</summary>
    public static async Task<(Guid Organisation, Person Admin, JsonNode Tokens)> AdmitAsync(string kind, string? externalRef = null)
    {
        var (organisation, email) = await CreateAsync(kind, externalRef);
        var (admin, tokens) = await System.AcceptAsync(email);
        return (organisation, admin, tokens);
    }

    /// <summary>The same before anybody accepts.</summary>
    public static async Task<(Guid Organisation, string Email)> CreateAsync(string kind = "agency", string? externalRef = null)
    {
        var email = People.NewEmail();
        using var api = System.ApiFor(OperatorTokens);
        using var created = await api.PostAsJsonAsync("/organisations", new { kind, name = $"{kind} {Guid.NewGuid():N}", externalRef, adminEmail = email, culture = "en" });
        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created), await created.Content.ReadAsStringAsync());
        return ((await created.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<Guid>(), email);
    }
}
