using MedTourism.Contracts.Catalog;

namespace MedTourism.Booking.Tests.Stays;

public sealed class CheckStayTests
{
    [Test]
    public async Task A_patient_and_a_companion_each_have_their_own_case()
    {
        await Steps.DeliverAsync(Rule("DE", 1, 30));
        await Steps.DeliverAsync(Rule("RU", 1, 90));
        var reply = await AskAsync("citizenship=de&from=2030-03-01&to=2030-04-10&companion=RU&passportUntil=2030-05-01");
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
        var both = await AskAsync("citizenship=DE&from=2030-03-01&to=2030-03-05&from2=2030-07-01&to2=2030-07-08");
        Assert.That(both.Body.GetProperty("patient").GetProperty("neededDays").GetInt32(), Is.EqualTo(13));
        Assert.That((await AskAsync("citizenship=QQ&from=2030-03-01&to=2030-03-05")).Body.GetProperty("patient").GetProperty("needsVisa").GetString(), Is.EqualTo("unknown"));
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
        Assert.That((await AskAsync("citizenship=VV&from=2030-03-01&to=2030-03-05")).Body.GetProperty("patient").GetProperty("needsVisa").GetString(), Is.EqualTo("unknown"));
    }

    [TestCase("from=2030-03-01&to=2030-03-05", "citizenship")]
    [TestCase("citizenship=DE&from=2030-03-01&to=2030-02-05", "to")]
    [TestCase("citizenship=DE&from=2030-03-01", "to")]
    [TestCase("citizenship=DE&from=2030-03-01&to=2030-03-05&from2=2030-05-01", "from2")]
    [TestCase("citizenship=DE&from=2030-03-01&to=2030-03-05&companion=Russia", "companion")]
    public async Task Wrong_parameters_are_named(string query, string field)
    {
        var reply = await AskAsync(query);
        Assert.That(reply.Slug, Is.EqualTo("invalid-fields"), reply.Body.ToString());
        Assert.That(reply.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EqualTo(new[] { field }));
    }

    private static Task<Reply> AskAsync(string query) => Market.NewGuest().SendAsync(HttpMethod.Get, "/stay-check?" + query);

    private static EntryRuleDeclared Rule(string country, long version, int days) => new(
        country, version, [new EntryPeriod(new DateOnly(2023, 1, 26), null, days, 180, 90, "treaty", null, "visa2023", "https://example.org", null, new DateOnly(2026, 3, 10))],
        Market.Now);
}
