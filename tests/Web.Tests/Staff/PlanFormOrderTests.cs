using System.Net;
using AngleSharp.Html.Dom;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>The summary of errors of a treatment plan's form names the fields in the order in which they stand on the page.</summary>
public sealed class PlanFormOrderTests : OneSite
{
    private const string Offer = "0f000000-0000-7000-8000-000000000001";
    private const string Jaw = """{"graftDays":0,"first":[{"minutes":120,"afterDays":0},{"minutes":60,"afterDays":2}],"second":[{"minutes":60,"afterDays":0},{"minutes":60,"afterDays":5}],"firstStayDays":3,"secondStayDays":5,"flyAfterDays":1,"jaw":"lower","gapMinDays":60,"gapMaxDays":180}""";
    private const string Trips = $$$""" "trips":{"lower":{{{Jaw}}},"upper":{{{Jaw}}} }, """;
    private const string Ivf = """ "ivf":{"retrieval":true,"stimulationStartDay":2,"stimulationMinDays":9,"stimulationMaxDays":12,"monitoringEvery":[3,2],"monitoringTime":"08:00:00","monitoringMinutes":30,"triggerTime":"21:00:00","hoursToRetrieval":36,"retrievalMinutes":60,"transferDay":5,"transferTime":"10:00:00","transferMinutes":30,"flyAfterDays":2,"testFromDays":10,"testToDays":14,"nextCycleDays":28}, """;

    private static readonly TestCaseData[] Forms =
    [
        new TestCaseData("", "", 19).SetArgDisplayNames("course"), new TestCaseData("/trips", Trips, 22).SetArgDisplayNames("trips"), new TestCaseData("/cycle", Ivf, 20).SetArgDisplayNames("cycle"),
        new TestCaseData("/cycle?kind=freeze", Ivf, 15).SetArgDisplayNames("freeze"), new TestCaseData("/cycle?kind=frozen", Ivf, 12).SetArgDisplayNames("frozen"),
    ];

    [TestCaseSource(nameof(Forms))]
    public async Task What_cannot_be_read_is_told_from_the_top_down(string path, string numbers, int least)
    {
        using var browser = await DoctorAsync(numbers);
        var (address, page) = await OpenAsync(browser, path);
        var fields = Fields(page);
        foreach (var field in fields.Keys.Where(field => page.QuerySelector($"input#{field}:not([type=hidden], [type=radio], [type=checkbox])") is not null && field is not ("phone" or "given")))
        {
            fields[field] = field is "family" or "email" ? "" : "?";
        }

        fields["citizenship"] = "";
        var again = await SendAsync(browser, address, fields);

        Assert.That(Told(again), Has.Length.GreaterThanOrEqualTo(least).And.EqualTo(InPageOrder(again, Told(again))));
    }

    [Test]
    public async Task What_Booking_refuses_is_told_from_the_top_down_too()
    {
        using var browser = await DoctorAsync("");
        Site.Identity.Answers["POST /clinic/treatment-plans"] = _ => Results.Json(
            new
            {
                type = "urn:medtourism:problem:invalid-fields", status = 422,
                errors = new[] { "depositMinor", "pattern.maxProlongationDays", "pattern.planning.minutes", "pattern.resourceKinds", "pattern.sessions", "contact.phone", "patient.dateOfBirth", "patient.givenNames" }.ToDictionary(path => path, _ => new[] { "wrong" }),
            },
            statusCode: 422, contentType: "application/problem+json");
        var (address, page) = await OpenAsync(browser, "");
        var fields = Fields(page);
        (fields["given"], fields["family"], fields["born"], fields["email"], fields["citizenship"], fields["culture"], fields["cadence"], fields["priority"], fields["machine-kind"]) = ("ANNA", "WEBER", "1980-01-02", "a@example.org", "DE", "en", "daily", "3", "linac");

        var again = await SendAsync(browser, address, fields);

        Assert.That(Told(again), Is.EqualTo(new[] { "given", "born", "phone", "sessions", "prolong", "machine-kind", "planning-minutes", "deposit" }));
        Assert.That(Told(again), Is.EqualTo(InPageOrder(again, Told(again))));
    }

    private async Task<HttpClient> DoctorAsync(string numbers)
    {
        var browser = await Site.SignInAsync("doctor", "clinic", "doctor");
        Answer("GET /countries", """[{"code":"DE","name":{"text":"Germany","lang":"en"}}]""");
        Answer("GET /clinic/treatment-plans/defaults", $$"""
            {"offerId":"{{Offer}}","procedureNames":{"en":"Treatment"},"patternId":null,"pattern":{"sessions":10,"sessionMinutes":60,"cadence":"daily","resourceKinds":["linac"]},"fewestSessions":1,"mostSessions":40,"planningMinWorkingDays":0,
             "planningMaxWorkingDays":0,"priceMinor":40000000,"depositMinor":4000000,"currency":"KZT",{{numbers}}"kinds":[{"name":"linac","open":1,"slotMinutes":30,"matched":false}]}
            """);
        return browser;
    }

    private static async Task<(string Address, IHtmlDocument Page)> OpenAsync(HttpClient browser, string path)
    {
        var response = await browser.GetAsync($"/en/console/plans/new/{Offer}{path}");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return ($"/en/console/plans/new/{Offer}{path.Split('?')[0]}", await StaffSite.PageAsync(response));
    }

    private static Dictionary<string, string> Fields(IHtmlDocument page) =>
        page.QuerySelectorAll("main form[method=post] input, main form[method=post] select").Where(field => field.GetAttribute("name") is { Length: > 0 })
            .GroupBy(field => field.GetAttribute("name")!).ToDictionary(fields => fields.Key, fields => fields.First().LocalName == "select" ? ((IHtmlSelectElement)fields.First()).Value ?? "" : fields.First().GetAttribute("value") ?? "");

    private static async Task<IHtmlDocument> SendAsync(HttpClient browser, string address, Dictionary<string, string> fields)
    {
        fields["planning-kind"] = "linac"; // else what stands below it is not asked for
        using var form = new FormUrlEncodedContent(fields);
        var response = await browser.PostAsync(address, form);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        return await StaffSite.PageAsync(response);
    }

    private static string[] Told(IHtmlDocument page) => [.. page.QuerySelectorAll("#error-summary a").Select(link => link.GetAttribute("href")![1..])];

    private static string[] InPageOrder(IHtmlDocument page, string[] fields) => [.. page.QuerySelectorAll("main form [id]").Select(element => element.Id!).Where(fields.Contains)];

    private void Answer(string request, string json) => Site.Identity.Answers[request] = _ => Results.Text(json, "application/json");
}
