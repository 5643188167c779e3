using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Referral.Referrals;
using MedTourism.TestKit;

namespace MedTourism.Referral.Tests;

public sealed class AgencyTests : ReferralFixture
{
    private static readonly DateOnly Today = Agreements.Agreement.DayOf(Now);

    [Test]
    public async Task A_visit_tells_whose_link_it_is_what_it_earns_and_until_when_and_is_counted()
    {
        var agency = await NewAgencyAsync("Silk Road Health");
        using var put = await PutAgreementAsync(agency, Today, 7.5m);
        var link = await NewLinkAsync(agency, "Fair in Berlin");
        var code = link.GetProperty("code").GetString()!;
        Assert.That(code, Does.Match("^[2-9A-HJKMNP-Z]{8}$"));

        JsonElement visit = default;
        for (var i = 0; i < 3; i++)
        {
            using var response = await App.Client.PostAsJsonAsync("/visits", new { code = code.ToLowerInvariant() });
            visit = await response.Content.ReadFromJsonAsync<JsonElement>();
        }

        Assert.That(visit.GetProperty("agencyName").GetString(), Is.EqualTo("Silk Road Health"));
        Assert.That(visit.GetProperty("percentByLine").GetProperty("dental").GetDecimal(), Is.EqualTo(7.5m));
        Assert.That(visit.GetProperty("expiresAt").GetDateTimeOffset() - visit.GetProperty("touchedAt").GetDateTimeOffset(), Is.EqualTo(TimeSpan.FromDays(90)));
        using var client = ClientOf(agency);
        var links = await client.GetFromJsonAsync<JsonElement>("/agency/links");
        Assert.That(links.EnumerateArray().Single().GetProperty("visits").GetInt64(), Is.EqualTo(3));
    }

    [TestCase("ZZZZZZZZ")]
    [TestCase("")]
    [TestCase("no such code; DROP TABLE links")]
    public async Task An_unknown_code_is_not_found(string code)
    {
        using var response = await App.Client.PostAsJsonAsync("/visits", new { code });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("urn:medtourism:problem:referral-unknown"));
    }

    [Test]
    public async Task An_agency_sees_its_own_referrals_with_totals_and_nothing_of_another()
    {
        var (mine, other) = (await NewAgencyAsync("Mine"), await NewAgencyAsync("Other"));
        foreach (var agency in new[] { mine, other })
        {
            using var put = await PutAgreementAsync(agency, Today.AddDays(-30), 10m);
        }

        var link = (await NewLinkAsync(mine)).GetProperty("code").GetString()!;
        var bookings = Enumerable.Range(0, 25).Select(_ => Placed(link, Now)).ToList();
        foreach (var placed in bookings)
        {
            await PublishAsync(placed);
            await PublishAsync(Confirmed(placed));
        }

        foreach (var placed in bookings)
        {
            await RecordAsync(placed.BookingId, "pending");
        }

        using var me = ClientOf(mine);
        var first = await me.GetFromJsonAsync<JsonElement>("/agency/referrals?state=pending");
        var second = await me.GetFromJsonAsync<JsonElement>("/agency/referrals?state=pending&page=2");
        Assert.That(first.GetProperty("total").GetInt32(), Is.EqualTo(25));
        var seen = new[] { first, second }.SelectMany(page => page.GetProperty("items").EnumerateArray()).Select(item => item.GetProperty("bookingId").GetGuid());
        Assert.That(seen, Is.EquivalentTo(bookings.Select(placed => placed.BookingId)));
        var total = first.GetProperty("totals").EnumerateArray().Single();
        Assert.That(total.GetProperty("commission").GetProperty("amountMinor").GetInt64(), Is.EqualTo(25 * 100_000));
        var summary = await me.GetFromJsonAsync<JsonElement>("/agency/summary");
        Assert.That(summary.GetProperty("bookings").GetInt32(), Is.EqualTo(25));
        Assert.That((await me.GetStringAsync("/agency/referrals.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(26));

        using var them = ClientOf(other);
        Assert.That((await them.GetFromJsonAsync<JsonElement>("/agency/referrals")).GetProperty("total").GetInt32(), Is.Zero);
        Assert.That((await them.GetFromJsonAsync<JsonElement>("/agency/links")).GetArrayLength(), Is.Zero);
        Assert.That((await them.GetFromJsonAsync<JsonElement>("/agency/summary")).GetProperty("bookings").GetInt32(), Is.Zero);
        Assert.That((await them.GetStringAsync("/agency/referrals.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        Assert.That((await them.GetFromJsonAsync<JsonElement>("/agency/agreement")).GetProperty("agencyName").GetString(), Is.EqualTo("Other"));
    }

    [TestCase("/agency/referrals")]
    [TestCase("/agency/referrals.csv")]
    [TestCase("/agency/links")]
    [TestCase("/agency/summary")]
    [TestCase("/agency/agreement")]
    [TestCase("/operator/referrals")]
    [TestCase("/operator/agencies")]
    public async Task Strangers_and_clinics_are_refused(string path)
    {
        using var anonymous = await App.Client.GetAsync(new Uri(path, UriKind.Relative));
        using var clinicClient = App.ClientFor(App.Tokens.For(sub: "c", org: Guid.NewGuid(), orgKind: "clinic", orgRef: "umit"));
        using var clinic = await clinicClient.GetAsync(new Uri(path, UriKind.Relative));
        Assert.That((anonymous.StatusCode, clinic.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden)));
    }

    [Test]
    public async Task An_agency_cannot_write_its_own_agreement()
    {
        var agency = await NewAgencyAsync();
        using var client = ClientOf(agency);
        using var response = await client.PutAsJsonAsync($"/operator/agencies/{agency}/agreement", new { validFrom = Today, lines = new[] { new { serviceLine = "dental", percent = 50 } } });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task New_terms_begin_tomorrow_at_the_earliest_and_end_the_old_ones_the_day_before()
    {
        var agency = await NewAgencyAsync();
        using var first = await PutAgreementAsync(agency, Today.AddDays(-10), 10m);
        using var backdated = await PutAgreementAsync(agency, Today.AddDays(-5), 1m);
        using var sameDay = await PutAgreementAsync(agency, Today, 1m);
        using var next = await PutAgreementAsync(agency, Today.AddDays(1), 12m);
        using var again = await PutAgreementAsync(agency, Today.AddDays(1), 12m);
        Assert.That(
            new[] { first, backdated, sameDay, next, again }.Select(response => (int)response.StatusCode), Is.EqualTo(new[] { 204, 409, 409, 204, 204 }));

        using var client = ClientOf(agency);
        var terms = (await client.GetFromJsonAsync<JsonElement>("/agency/agreement")).GetProperty("terms").EnumerateArray()
            .Select(term => (term.GetProperty("percent").GetDecimal(), Day(term, "validFrom"), Day(term, "validUntil"), term.GetProperty("inForce").GetBoolean()));
        Assert.That(terms, Is.EqualTo(new (decimal, DateOnly?, DateOnly?, bool)[]
        {
            (10m, Today.AddDays(-10), Today, true), (12m, Today.AddDays(1), null, false),
        }));
    }

    [TestCase("{}")]
    [TestCase("""{"validFrom":"2026-01-01","lines":[]}""")]
    [TestCase("""{"validFrom":"2026-01-02","validUntil":"2026-01-01","lines":[{"serviceLine":"dental","percent":5}]}""")]
    [TestCase("""{"validFrom":"2026-01-01","lines":[{"serviceLine":"dental","percent":50.01}]}""")]
    [TestCase("""{"validFrom":"2026-01-01","lines":[{"serviceLine":"dental","percent":5.555}]}""")]
    [TestCase("""{"validFrom":"2026-01-01","lines":[{"serviceLine":"dental","percent":5},{"serviceLine":"dental","percent":6}]}""")]
    public async Task Terms_that_make_no_sense_are_refused(string body)
    {
        var agency = await NewAgencyAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Operator.PutAsync(new Uri($"/operator/agencies/{agency}/agreement", UriKind.Relative), content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Two_operators_at_once_leave_one_whole_agreement()
    {
        var agency = await NewAgencyAsync();
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(percent => PutAgreementAsync(agency, Today.AddDays(1), percent)));
        Assert.That(answers.Select(answer => answer.StatusCode), Is.All.EqualTo(HttpStatusCode.NoContent));
        using var client = ClientOf(agency);
        var terms = (await client.GetFromJsonAsync<JsonElement>("/agency/agreement")).GetProperty("terms");
        Assert.That(terms.GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_link_asked_for_twice_with_one_key_is_one_link()
    {
        var agency = await NewAgencyAsync();
        var key = Guid.NewGuid().ToString();
        var (first, second) = (await NewLinkAsync(agency, "Twice", key), await NewLinkAsync(agency, "Twice", key));
        Assert.That(second.GetProperty("code").GetString(), Is.EqualTo(first.GetProperty("code").GetString()));
        using var client = ClientOf(agency);
        Assert.That((await client.GetFromJsonAsync<JsonElement>("/agency/links")).GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("plain", "plain")]
    [TestCase("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    [TestCase("a,b", "\"a,b\"")]
    [TestCase("+7 700", "'+7 700")]
    public void A_cell_is_quoted_and_never_a_formula(string text, string cell) => Assert.That(ExportReferrals.Cell(text), Is.EqualTo(cell));

    [Test]
    public async Task The_model_agrees_with_the_schema() =>
        Assert.That(await WithDb(SchemaAgreement.Check), Is.GreaterThan(40));

    private static DateOnly? Day(JsonElement term, string name) =>
        term.GetProperty(name).GetString() is { } text ? DateOnly.Parse(text, CultureInfo.InvariantCulture) : null;
}
