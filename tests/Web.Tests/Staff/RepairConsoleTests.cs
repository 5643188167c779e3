using System.Net;
using System.Text.Json;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>A repair with one patient who could be moved, one without a place and one who said no.</summary>
public sealed class RepairConsoleTests
{
    private const string Repair = "0e000000-0000-7000-8000-000000000001";
    private const string Machine = "0e000000-0000-7000-8000-000000000002";
    private const string Stuck = "0e000000-0000-7000-8000-000000000003";
    private const string Declined = "0e000000-0000-7000-8000-000000000004";
    private const string Moved = "0e000000-0000-7000-8000-000000000005";
    private const string Offer = "0e000000-0000-7000-8000-000000000006";
    private const string Options = $$"""
        [{"kind":"transfer","currency":"KZT","offerId":"{{Offer}}","centerId":"b","centerNames":{"en":"Other Center"},"cityId":"almaty","priceMinor":250000000,"first":"2027-03-10T05:00:00+00:00","lastDay":"2027-03-31"},
         {"kind":"refund","amountMinor":26570000,"currency":"KZT"},{"kind":"call"}]
        """;

    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        Answer("GET /clinic/resources", "[]");
        Answer($"GET /clinic/repairs/{Repair}", Detail);
        Answer($"POST /clinic/repairs/{Repair}/patients/{Stuck}/resolve", Detail);
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCaseSource(nameof(Languages))]
    public async Task Who_cannot_be_moved_is_listed_with_the_rule_the_block_and_the_ways_out(string language)
    {
        using var browser = await site.SignInAsync($"scheduler-{language}", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/{language}/console/repairs/{Repair}"));
        var cards = page.QuerySelectorAll("article");

        Assert.That(cards.Select(card => card.QuerySelector(".muted")!.TextContent), Is.EqualTo(new[] { "KZ-STUC-K1", "KZ-DECL-N1" }), "whoever was moved needs nothing");
        Assert.That(cards[0].QuerySelector($"a[href='/{language}/offers/{Offer}']")!.TextContent, Is.EqualTo("Other Center"));
        Assert.That(cards.Select(card => card.QuerySelectorAll("button[name=resolution]").Select(button => button.GetAttribute("value"))), Is.EqualTo(new[] { new[] { "refund", "transfer" }, ["refund", "transfer", "kept"] }));
        Assert.That(cards[0].QuerySelector("input[name=refund]")!.GetAttribute("value"), Is.EqualTo("265700"));
        if (language == "en")
        {
            Assert.That(page.QuerySelector("h1")!.TextContent, Does.Contain("LINAC 1, Mon 1 Mar, 00:00").And.Contain("Sat 6 Mar, 00:00"));
            Assert.That(page.QuerySelector("h1 + p")!.TextContent, Is.EqualTo("Couch motor (demo)"));
            Assert.That(page.QuerySelector("tbody")!.TextContent, Does.Contain("the longest pause (5 days, 3 allowed)").And.Contain("LINAC 2: held or booked by others, Mon 1 Mar, 10:00"));
            Assert.That(page.QuerySelectorAll("tbody li").Select(item => item.TextContent.Trim()), Has.Some.EqualTo("second session on Tue 2 Mar").And.Some.EqualTo("3 days longer; the pattern allows 2"));
            Assert.That(cards[0].TextContent, Does.Contain("first visit Wed 10 Mar 2027, last Wed 31 Mar 2027").And.Contain("2,500,000"));
            Assert.That(cards[1].TextContent, Does.Contain("Asked for: Another center"));
        }
    }

    [TestCase("265 700", 26570000L), TestCase("١٠٠", 10000L), TestCase("100.5", 10050L), TestCase("265,700", -1L), TestCase("100.555", -1L), TestCase("-5", -1L), TestCase("", -1L), TestCase("much", -1L)]
    public async Task A_refund_is_sent_as_typed_and_what_is_no_amount_is_left_to_booking_to_refuse(string typed, long minor)
    {
        using var browser = await site.SignInAsync($"settler-{typed.Length}-{minor}", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/repairs/{Repair}"));
        using var form = new FormUrlEncodedContent(
        [
            new("token", page.QuerySelector("article form input[name=token]")!.GetAttribute("value")!), new("action", "resolve"), new("booking", Stuck), new("currency", "KZT"), new("refund", typed), new("resolution", "refund"),
        ]);
        var response = await browser.PostAsync($"/en/console/repairs/{Repair}", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var sent = JsonDocument.Parse(site.Identity.Received.Last(one => one.Request.EndsWith("/resolve", StringComparison.Ordinal)).Body).RootElement;
        Assert.That((sent.GetProperty("resolution").GetString(), sent.GetProperty("refundMinor").GetInt64()), Is.EqualTo(("refund", minor)));
    }

    [Test]
    public async Task A_refund_that_is_out_of_range_is_refused_at_its_field_with_the_bounds_and_stays_as_typed()
    {
        site.Identity.Answers[$"POST /clinic/repairs/{Repair}/patients/{Declined}/resolve"] = _ => Results.Problem(
            type: "urn:medtourism:problem:refund-out-of-range", statusCode: 400, extensions: new Dictionary<string, object?> { ["leastMinor"] = 10000000L, ["mostMinor"] = 26570000L, ["currency"] = "KZT" });
        using var browser = await site.SignInAsync("generous", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/repairs/{Repair}"));
        using var form = new FormUrlEncodedContent(
        [
            new("token", page.QuerySelector("article form input[name=token]")!.GetAttribute("value")!), new("action", "resolve"), new("booking", Declined), new("currency", "KZT"), new("refund", "999 999"), new("resolution", "refund"),
        ]);
        var response = await browser.PostAsync($"/en/console/repairs/{Repair}", form);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        var again = await StaffSite.PageAsync(response);
        Assert.That(again.QuerySelector($".error-summary a[href='#refund-{Declined}']"), Is.Not.Null);
        var field = again.QuerySelector($"#refund-{Declined}")!;
        Assert.That((field.GetAttribute("value"), field.GetAttribute("aria-invalid")), Is.EqualTo(("999 999", "true")));
        Assert.That(again.QuerySelector($"#refund-{Declined}-e")!.TextContent, Does.Contain("100,000").And.Contain("265,700"));
        Assert.That(again.QuerySelectorAll("article details").Select(one => one.HasAttribute("open")), Is.EqualTo(new[] { false, true }));
        Assert.That(again.QuerySelector($"#refund-{Stuck}")!.GetAttribute("value"), Is.EqualTo("265700"), "the other patient's stays as it was");
    }

    [Test]
    public async Task A_doctor_sees_the_ways_out_and_settles_nothing()
    {
        using var browser = await site.SignInAsync("onlooker", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/repairs/{Repair}"));
        Assert.That((page.QuerySelectorAll("article").Length, page.QuerySelectorAll("button[name=resolution]").Length), Is.EqualTo((2, 0)));
    }

    private static string Patient(string id, string reference, string progress, string options) => $$"""
        {"bookingId":"{{id}}","reference":"{{reference}}","givenNames":"A","familyName":"B","citizenship":"AE","procedureNames":{"en":"Course"},"progress":{"state":"{{progress}}","needsClinician":false,"wish":{{(progress == "declined" ? "\"transfer\"" : "null")}} },"options":{{options}} }
        """;

    private static string Detail => $$"""
        {"id":"{{Repair}}","cause":"outage","state":"applied","chosen":"usual-hours","outage":{"id":"{{Machine}}","resourceId":"{{Machine}}","from":"2027-02-28T19:00:00+00:00","to":"2027-03-05T19:00:00+00:00","reason":"Couch motor (demo)","endedAt":null},
         "resources":[{"id":"{{Machine}}","name":"LINAC 1"}],"plannedAt":"2027-02-28T19:00:00+00:00","serverNow":"2027-02-28T19:00:00+00:00",
         "patients":[{{Patient(Stuck, "KZ-STUC-K1", "impossible", Options)}},{{Patient(Declined, "KZ-DECL-N1", "declined", Options)}},{{Patient(Moved, "KZ-MOVE-D1", "applied", "[]")}}],
         "proposals":[{"key":"usual-hours","totals":{"patients":2,"repaired":1,"impossible":1},"patients":[
           {"bookingId":"{{Stuck}}","moves":[],"oldEnd":"2027-03-20T05:00:00+00:00","newEnd":"2027-03-20T05:00:00+00:00","clinical":[],
            "refusals":[{"code":"rule","session":2,"rule":"gap","found":5,"limit":3},{"code":"no-free-time","session":3,"found":0,"limit":0,"obstacles":[{"kind":"taken","resourceId":"{{Machine}}","resource":"LINAC 2","reason":null,"from":"2027-03-01T05:00:00+00:00","to":"2027-03-01T05:30:00+00:00"}]}]},
           {"bookingId":"{{Moved}}","moves":[],"oldEnd":"2027-03-20T05:00:00+00:00","newEnd":"2027-03-23T05:00:00+00:00","refusals":[],
            "clinical":[{"code":"second-session","session":3,"date":"2027-03-02","found":1,"limit":0},{"code":"prolongation","session":0,"date":"2027-03-23","found":3,"limit":2}]}]}]}
        """;

    private void Answer(string request, string body) => site.Identity.Answers[request] = _ => Results.Text(body, "application/json");
}
