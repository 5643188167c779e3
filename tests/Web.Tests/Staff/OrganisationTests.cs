using System.Net;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>The operator's list of organisations, and how new ones get their first administrator.</summary>
public sealed class OrganisationTests : OneSite
{
    private const string New = "/en/operator/organisations/new";
    private const string Waiting = "0c000000-0000-4000-8000-000000000001";
    private const string Administered = "0c000000-0000-4000-8000-000000000002";

    [OneTimeSetUp]
    public void Know()
    {
        object clinic = new
        {
            id = Waiting, kind = "clinic", name = "Dental Aktobe", externalRef = "dental", demo = false, createdAt = "2026-11-01T05:00:00Z", members = 0, administered = false,
            firstAdministrator = new { email = "first@clinic.test", expiresAt = TimeProvider.System.GetUtcNow().AddDays(-2) },
        };
        object agency = new { id = Administered, kind = "agency", name = "Silk Road", demo = true, createdAt = "2026-10-01T05:00:00Z", members = 12, administered = true };
        Site.Identity.Answers["GET /organisations"] = http => Results.Json(new
        {
            total = 120, page = 1, size = 50, items = http.Request.Query["kind"] == "agency" ? [agency] : new[] { clinic, agency }, totals = new { clinic = 60, agency = 60 },
        });
        Site.Identity.Answers[$"GET /organisations/{Waiting}"] = _ => Results.Json(clinic);
        Site.Identity.Answers[$"GET /organisations/{Administered}"] = _ => Results.Json(agency);
        Site.Identity.Answers["GET /centers"] = _ => Results.Text(
            """[{"id":"dental","slug":"dental-aktobe","name":{"text":"Dental center","lang":"en"},"kind":"private","city":{"id":"aktobe","name":{"text":"Aktobe","lang":"en"}},"lines":[],"verified":"x","demo":true,"offers":1}]""", "application/json");
    }

    [TestCaseSource(nameof(Languages))]
    public async Task The_pages_have_their_words_in_every_language(string language)
    {
        using var browser = await OperatorAsync();
        foreach (var path in new[] { "", "?kind=agency&page=2", "/new", $"/{Waiting}/invite" })
        {
            var response = await browser.GetAsync($"/{language}/operator/organisations{path}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
            Assert.That((await StaffSite.PageAsync(response)).QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty, path);
        }
    }

    [Test]
    public async Task The_list_tells_kind_center_people_and_where_nobody_has_come()
    {
        using var browser = await OperatorAsync();
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/operator/organisations"));
        var rows = page.QuerySelectorAll("tbody tr");
        Assert.That(rows[0].TextContent, Does.Contain("Dental Aktobe").And.Contain("Clinic").And.Contain("Dental center").And.Contain("first@clinic.test").And.Contain("ran out"));
        Assert.That(rows[0].QuerySelector($"a[href$='/{Waiting}/invite']"), Is.Not.Null);
        Assert.That(rows[1].TextContent, Does.Contain("Silk Road").And.Contain("demo").And.Contain("12"));
        Assert.That(rows[1].QuerySelector("a[href$='/invite']"), Is.Null, "its people are its own affair");
        Assert.That(page.QuerySelectorAll(".pager a"), Has.Length.EqualTo(3));
    }

    [TestCase("clinic", "admin"), TestCase("agency", "admin")]
    public async Task Only_the_operator_sees_it(string kind, string role)
    {
        using var browser = await Site.SignInAsync("someone", kind, role);
        foreach (var path in new[] { "", "/new", $"/{Waiting}/invite" })
        {
            Assert.That((await browser.GetAsync($"/en/operator/organisations{path}")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        }
    }

    [TestCase("clinic", """{"kind":"clinic","name":"Dental Aktobe","externalRef":"dental","adminEmail":"a@clinic.test","culture":"ru"}""")]
    [TestCase("agency", """{"kind":"agency","name":"Dental Aktobe","externalRef":null,"adminEmail":"a@clinic.test","culture":"ru"}""")]
    public async Task A_new_organisation_is_created_with_its_center_only_if_it_is_a_clinic(string kind, string sent)
    {
        Site.Identity.Answers["POST /organisations"] = _ => Results.Json(new { id = Waiting }, statusCode: 201);
        using var browser = await OperatorAsync();
        var response = await PostAsync(browser, New, ("key", "k"), ("kind", kind), ("center", "dental"), ("name", "Dental Aktobe "), ("email", "a@clinic.test"), ("culture", "ru"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(Site.Identity.Received.Single(received => received.Request == "POST /organisations").Body, Is.EqualTo(sent));
        var toast = (await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location))).QuerySelector(".toast")!.TextContent;
        Assert.That(toast, Does.Contain("Dental Aktobe was created"));
    }

    [TestCase("", "dental", "Name", "a@clinic.test", 0, "", "kind", "Choose what kind")]
    [TestCase("clinic", "", "Name", "a@clinic.test", 0, "", "center", "Choose the clinic’s center")]
    [TestCase("agency", "", "", "a@clinic.test", 0, "", "name", "1 to 120 characters")]
    [TestCase("agency", "", "Name", "", 0, "", "email", "Type an e-mail address")]
    [TestCase("agency", "", "Name", "nobody", 422, "invalid-fields", "email", "Type an e-mail address")]
    [TestCase("clinic", "dental", "Name", "a@clinic.test", 409, "center-taken", "center", "has an organisation already")]
    [TestCase("agency", "", "Name", "a@clinic.test", 429, "too-many-requests", "kind", "Wait a minute")]
    public async Task What_is_wrong_is_named_at_its_field_and_nothing_typed_is_lost(string kind, string center, string name, string email, int status, string slug, string field, string words)
    {
        Site.Identity.Answers["POST /organisations"] = _ => Results.Problem(
            statusCode: status, type: $"urn:medtourism:problem:{slug}", extensions: new Dictionary<string, object?> { ["errors"] = new { adminEmail = new[] { "must be an address" } } });
        using var browser = await OperatorAsync();
        var response = await PostAsync(browser, New, ("key", "k"), ("kind", kind), ("center", center), ("name", name), ("email", email), ("culture", "fr"));
        var page = await StaffSite.PageAsync(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(page.QuerySelector($".error-summary a[href='#{field}']")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector($"#{field}-e")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector("input[name=kind][checked]")?.GetAttribute("value") ?? "", Is.EqualTo(kind));
        Assert.That(page.QuerySelector("#center option[selected]")?.GetAttribute("value") ?? "", Is.EqualTo(center));
        Assert.That((page.QuerySelector("#name")!.GetAttribute("value"), page.QuerySelector("#email")!.GetAttribute("value"), page.QuerySelector("#culture option[selected]")!.GetAttribute("value")), Is.EqualTo((name, email, "fr")));
    }

    [Test]
    public async Task The_first_administrator_is_invited_again_as_long_as_there_is_none()
    {
        Site.Identity.Answers[$"POST /organisations/{Waiting}/first-administrator"] = _ => Results.Accepted((string?)null);
        using var browser = await OperatorAsync();
        var path = $"/en/operator/organisations/{Waiting}/invite";
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelector("#email")!.GetAttribute("value"), Is.EqualTo("first@clinic.test"));
        Assert.That((await browser.GetAsync($"/en/operator/organisations/{Administered}/invite")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        var missing = await PostAsync(browser, path, ("key", "k"), ("email", ""), ("culture", "en"));
        Assert.That((await StaffSite.PageAsync(missing)).QuerySelector("#email-e")!.TextContent, Does.Contain("Type an e-mail address"));

        var done = await PostAsync(browser, path, ("key", "k"), ("email", "second@clinic.test"), ("culture", "kk"));
        Assert.That(done.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(Site.Identity.Received.Single(received => received.Request.EndsWith("first-administrator", StringComparison.Ordinal)).Body, Is.EqualTo("""{"email":"second@clinic.test","culture":"kk"}"""));

        Site.Identity.Answers[$"POST /organisations/{Waiting}/first-administrator"] = _ => Results.Problem(statusCode: 409, type: "urn:medtourism:problem:has-administrator");
        var late = await PostAsync(browser, path, ("key", "k"), ("email", "third@clinic.test"), ("culture", "kk"));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(late.Headers.Location))).QuerySelector(".toast")!.TextContent, Does.Contain("has an administrator already"));
    }

    private Task<HttpClient> OperatorAsync() => Site.SignInAsync("operator", "operator", "operator");

    private static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, params (string Name, string Value)[] fields)
    {
        var token = (await StaffSite.PageAsync(await browser.GetAsync(path))).QuerySelector("main input[name=token]")!.GetAttribute("value")!;
        using var form = new FormUrlEncodedContent([new("token", token), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        return await browser.PostAsync(path, form);
    }
}
