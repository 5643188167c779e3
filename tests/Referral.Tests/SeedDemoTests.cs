using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Referral.Tests;

public sealed class SeedDemoTests
{
    [Test]
    public async Task Two_replicas_started_one_after_the_other_seed_once_and_everything_is_marked_demo()
    {
        var settings = new Dictionary<string, string?> { ["Demo"] = "true" };
        await using var app = await ServiceUnderTest<Program>.StartAsync("referral", settings);
        await using var replica = await ServiceUnderTest<Program>.StartAsync("referral", settings, app.ConnectionString, app.BrokerUri);
        using var client = app.ClientFor(app.Tokens.For(sub: "demo", org: new Guid("0190d000-0000-7000-8000-00000000a001"), orgKind: "agency"));

        var agreement = await client.GetFromJsonAsync<JsonElement>("/agency/agreement");
        Assert.That(agreement.GetProperty("agencyName").GetString(), Is.EqualTo("DEMO Travel Agency"));
        Assert.That(agreement.GetProperty("basis").GetString(), Is.EqualTo("illustrative"));
        Assert.That(agreement.GetProperty("terms").GetArrayLength(), Is.EqualTo(16));
        var referrals = (await client.GetFromJsonAsync<JsonElement>("/agency/referrals")).GetProperty("items").EnumerateArray().ToList();
        Assert.That(referrals, Has.Count.EqualTo(4));
        Assert.That(referrals.Select(referral => referral.GetProperty("demo").GetBoolean()), Is.All.True);
        using var visit = await app.Client.PostAsJsonAsync("/visits", new { code = "DEMA2X7K" });
        Assert.That((await visit.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("percentByLine").GetProperty("dental").GetDecimal(), Is.EqualTo(10m));
    }
}
