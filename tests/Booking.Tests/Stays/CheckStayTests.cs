using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedTourism.Booking.Tests.Stays;

public sealed class CheckStayTests
{
    [Test]
    public async Task A_patient_and_a_companion_each_have_their_own_case()
    {
        await Steps.DeliverAsync(Rule("DE", 1, 30));
        await Steps.DeliverAsync(Rule("RU", 1, 90));
        var reply = await AskAsync(new { citizenship = "de", from = "2030-03-01", to = "2030-04-10", companion = "RU", passportUntil = "2030-05-01" });
        Assert.Multiple(() =>
        {
            Assert.That((int)reply.Status, Is.EqualTo(200), reply.Body.ToString());
            var (patient, companion) = (reply.Body.GetProperty("patient"), reply.Body.GetProperty("companion"));
            Assert.That(patient.GetProperty("needsVisa").GetString(), Is.EqualTo("yes"));
            Assert.That(patient.GetProperty("neededDays").GetInt32(), Is.EqualTo(41));
            Assert.That(patient.GetProperty("passport").GetString(), Is.EqualTo("short"));
            Assert.That(patient.GetProperty("applyBy").GetString(), Is.EqualTo("2030-02-15"));
            Assert.That(companion.GetProperty("needsVisa").GetString(), Is.EqualTo("no"));
            Assert.That(patient.GetProperty("notes").EnumerateArray().Select(x => x.GetProperty("code").GetString()), Does.Contain("ask-consulate"));
        });
        var both = await AskAsync(new { citizenship = "DE", from = "2030-03-01", to = "2030-03-05", from2 = "2030-07-01", to2 = "2030-07-08" });
        Assert.That(both.Body.GetProperty("patient").GetProperty("neededDays").GetInt32(), Is.EqualTo(13));
        Assert.That((await AskAsync(new { citizenship = "QQ", from = "2030-03-01", to = "2030-03-05" })).Body.GetProperty("patient").GetProperty("needsVisa").GetString(), Is.EqualTo("unknown"));
    }

    [Test]
    public async Task The_highest_version_of_a_rule_stays_whatever_the_order()
    {
        foreach (var (version, days) in new[] { (2L, 20), (4L, 40), (3L, 30), (4L, 99), (1L, 10) })
        {
            await Steps.DeliverAsync(Rule("VV", version, days));
        }

        Assert.That(await Market.ScalarAsync("SELECT version || ' ' || (periods -> 0 ->> 'VisaFreeDays') FROM entry_rules WHERE country = 'VV'"), Is.EqualTo("4 40"));
        await Steps.DeliverAsync(Rule("VV", 5, 0) with { Periods = [] });
        Assert.That((await AskAsync(new { citizenship = "VV", from = "2030-03-01", to = "2030-03-05" })).Body.GetProperty("patient").GetProperty("needsVisa").GetString(), Is.EqualTo("unknown"));
    }

    [TestCase("""{"from":"2030-03-01","to":"2030-03-05"}""", "citizenship")]
    [TestCase("""{"citizenship":"DE","from":"2030-03-01","to":"2030-02-05"}""", "to")]
    [TestCase("""{"citizenship":"DE","from":"2030-03-01"}""", "to")]
    [TestCase("""{"citizenship":"DE","from":"2030-03-01","to":"2030-03-05","from2":"2030-05-01"}""", "from2")]
    [TestCase("""{"citizenship":"DE","from":"2030-03-01","to":"2030-03-05","companion":"Russia"}""", "companion")]
    public async Task Wrong_fields_are_named(string body, string field)
    {
        var reply = await AskAsync(JsonSerializer.Deserialize<JsonElement>(body));
        Assert.That(reply.Slug, Is.EqualTo("invalid-fields"), reply.Body.ToString());
        Assert.That(reply.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task Who_asks_is_in_no_log_line_or_span_and_the_address_is_not_read()
    {
        await using var talkative = await ServiceUnderTest<Program>.StartAsync(
            "booking",
            new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "Trace", ["Booking:SecretKey"] = Running.SecretKey, ["Booking:SweepSeconds"] = "3600", ["Booking:Imports:PauseSeconds"] = "3600" },
            Running.App.ConnectionString, Running.App.BrokerUri);
        using var said = new Said();
        talkative.Services.GetRequiredService<ILoggerFactory>().AddProvider(said);
        using (var asked = await talkative.Client.PostAsJsonAsync(
            "/stay-check", new { citizenship = "QZ", from = "2031-03-01", to = "2031-04-10", companion = "QW", passportUntil = "2031-05-13" }))
        {
            Assert.That((int)asked.StatusCode, Is.EqualTo(200));
        }

        Assert.That(said.All.Where(line => line.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)), Has.Some.Contains("/stay-check"), "logs were listened to");
        await Eventually.That(() => said.All.Any(line => line.StartsWith("span Microsoft.AspNetCore", StringComparison.Ordinal)), "Spans were not listened to.");
        Assert.That(said.All.Where(line => line.Contains("2031-05-13", StringComparison.Ordinal) || line.Contains("2031-04-10", StringComparison.Ordinal)), Is.Empty);
        Assert.That(said.All.Where(line => Regex.IsMatch(line, @"\bQ[ZW]\b")), Is.Empty);

        using var inAddress = await talkative.Client.GetAsync(new Uri("/stay-check?citizenship=DE&from=2030-03-01&to=2030-03-05", UriKind.Relative));
        Assert.That((int)inAddress.StatusCode, Is.EqualTo(401), "what is not an address of the service is refused");
    }

    private static Task<Reply> AskAsync(object request) => Market.NewGuest().SendAsync(HttpMethod.Post, "/stay-check", request);

    private static EntryRuleDeclared Rule(string country, long version, int days) => new(
        country, version, [new EntryPeriod(new DateOnly(2023, 1, 26), null, days, 180, 90, "treaty", null, "visa2023", "https://example.org", null, new DateOnly(2026, 3, 10))],
        Market.Now);
}
