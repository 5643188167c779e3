using System.Net;
using System.Text.Json;
using MedTourism.Web.Clinics.Tracers;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>A center enters what the cyclotron delivers, sees how long its doses last, and takes back what does not come.</summary>
public sealed class TracerConsoleTests
{
    private const string Kept = "0b000000-0000-7000-8000-000000000001";
    private const string Spare = "0b000000-0000-7000-8000-000000000002";
    private static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];
    private static readonly DateTimeOffset Delivery = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(3).AddHours(4), TimeSpan.Zero); // 09:00 at the center

    private StaffSite site = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        site = await StaffSite.StartAsync();
        Answer("GET /clinic/batches/treatments", """[{"procedureId":"pet-fdg","procedureNames":{"en":"PET/CT with FDG","ru":"ПЭТ/КТ с ФДГ"},"timeZone":"Asia/Almaty","bound":true},{"procedureId":"pet-psma","procedureNames":{"en":"PET/CT with PSMA"},"timeZone":"Asia/Almaty","bound":false}]""");
        Answer("GET /clinic/batches", $"[{Batch(Kept, Delivery, doses: 3)},{Batch(Spare, Delivery.AddDays(1), doses: 0)}]");
        Answer("POST /clinic/batches", Batch(Spare, Delivery, 0), 201);
    }

    [SetUp]
    public void Forget()
    {
        lock (site.Identity.Received)
        {
            site.Identity.Received.Clear();
        }
    }

    [OneTimeTearDown]
    public ValueTask StopAsync() => site.DisposeAsync();

    [TestCaseSource(nameof(Languages))]
    public async Task The_page_has_its_words_in_every_language(string language)
    {
        using var browser = await site.SignInAsync($"scheduler-{language}", "clinic", "scheduler");
        var response = await browser.GetAsync($"/{language}/console/batches");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var page = await StaffSite.PageAsync(response);
        Assert.That(page.QuerySelectorAll(".batches > li"), Has.Length.EqualTo(2));
        Assert.That(page.QuerySelectorAll("form[action$='/withdraw']").Select(form => form.GetAttribute("action")), Is.EqualTo(new[] { $"/{language}/console/batches/{Spare}/withdraw" }), "what patients need stays");
    }

    [Test]
    public async Task Doses_left_fall_with_the_half_life_hour_by_hour()
    {
        using var browser = await site.SignInAsync("scheduler-left", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        var left = page.QuerySelectorAll(".batches > li")[0].QuerySelectorAll(".doses li").Select(line => $"{line.QuerySelector("bdi")!.TextContent} {line.QuerySelector("strong")!.TextContent}");
        // 2,500 MBq beside the promised ones, doses of 250, half of it every 109.77 minutes.
        Assert.That(left, Is.EqualTo(new[] { "09:00 10", "10:00 6", "11:00 4", "12:00 3", "13:00 2" }));
    }

    [Test]
    public void A_delivery_that_is_in_the_house_is_counted_from_now_on()
    {
        var batch = new Batch(Guid.NewGuid(), ["pet-fdg"], "F-18", 109.77, Delivery, Delivery.AddHours(3), Delivery, 5000, 250, 60, 0, 1000);
        Assert.That(batch.Left(Delivery.AddMinutes(40)), Is.EqualTo(new[] { (Delivery.AddMinutes(40), 4), (Delivery.AddHours(1), 3), (Delivery.AddHours(2), 2), (Delivery.AddHours(3), 1) }));
        Assert.That(batch.Left(Delivery.AddHours(4)), Is.Empty);
    }

    [Test]
    public async Task The_form_begins_with_the_last_delivery_a_day_later_and_is_sent_on_the_centers_clock()
    {
        using var browser = await site.SignInAsync("scheduler-send", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        var day = Delivery.AddDays(2).ToString("yyyy-MM-dd");
        Assert.That(page.QuerySelector("#delivered")!.GetAttribute("value"), Is.EqualTo($"{day}T09:00"));
        Assert.That(page.QuerySelector("#activity")!.GetAttribute("value"), Is.EqualTo("5550.5"));

        using var form = Form(Token(page), ("key", "one"), ("nuclide", "F-18"), ("treat", "pet-fdg"), ("treat", "pet-psma"), ("delivered", $"{day}T09:15"), ("until", $"{day}T14:00"), ("calibrated", ""), ("activity", "٥ ٥٥٠.٥"), ("dose", "250"), ("uptake", "60"));
        var response = await browser.PostAsync("/en/console/batches", form);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await response.Content.ReadAsStringAsync());
        var sent = JsonDocument.Parse(site.Identity.Received.Last(received => received.Request == "POST /clinic/batches").Body).RootElement;
        Assert.That(sent.GetProperty("deliveredAt").GetDateTimeOffset(), Is.EqualTo(Delivery.AddDays(2).AddMinutes(15)));
        Assert.That(sent.GetProperty("calibratedAt").GetDateTimeOffset(), Is.EqualTo(Delivery.AddDays(2).AddMinutes(15)), "empty: at the arrival");
        Assert.That(sent.GetProperty("activityMbq").GetDouble(), Is.EqualTo(5550.5));
        Assert.That(sent.GetProperty("procedureIds").EnumerateArray().Select(id => id.GetString()), Is.EqualTo(new[] { "pet-fdg", "pet-psma" }));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"))).QuerySelector(".toast")!.TextContent, Does.Contain("entered"));
    }

    [Test]
    public async Task All_that_is_wrong_is_told_at_once_and_nothing_typed_is_lost()
    {
        using var browser = await site.SignInAsync("scheduler-wrong", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        using var form = Form(Token(page), ("nuclide", "Ga-68"), ("delivered", "2027-03-01T09:00"), ("until", "2027-03-01T08:00"), ("calibrated", ""), ("activity", "5,550"), ("dose", "0"), ("uptake", "1.5"));
        var response = await browser.PostAsync("/en/console/batches", form);
        var again = await StaffSite.PageAsync(response);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(again.QuerySelectorAll("#error-summary a").Select(link => link.GetAttribute("href")), Is.EqualTo(new[] { "#treat", "#until", "#activity", "#dose", "#uptake" }));
        Assert.That(again.QuerySelector("#activity")!.GetAttribute("value"), Is.EqualTo("5,550"));
        Assert.That(again.QuerySelector("#nuclide option[selected]")!.TextContent, Is.EqualTo("Ga-68"));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.EqualTo("POST /clinic/batches"));
    }

    [Test]
    public async Task What_booking_refuses_stands_at_its_field()
    {
        using var browser = await site.SignInAsync("scheduler-refused", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        site.Identity.Answers["POST /clinic/batches"] = _ => Results.Json(
            new { type = "urn:medtourism:problem:invalid-fields", status = 422, errors = new { deliveredAt = new[] { "must be a coming delivery" } } }, statusCode: 422, contentType: "application/problem+json");
        using var form = Form(Token(page), ("nuclide", "F-18"), ("treat", "pet-fdg"), ("delivered", "2020-03-01T09:00"), ("until", "2020-03-01T12:00"), ("activity", "5000"), ("dose", "250"), ("uptake", "60"));
        var again = await StaffSite.PageAsync(await browser.PostAsync("/en/console/batches", form));
        Answer("POST /clinic/batches", Batch(Spare, Delivery, 0), 201);

        Assert.That(again.QuerySelectorAll("#error-summary a").Single().GetAttribute("href"), Is.EqualTo("#delivered"));
        Assert.That(again.QuerySelector("#delivered")!.GetAttribute("value"), Is.EqualTo("2020-03-01T09:00"));
    }

    [TestCase(409, "batch-in-use", "needs this delivery"), TestCase(404, "batch-unknown", "no longer there")]
    public async Task A_delivery_that_a_patient_needs_meanwhile_stays(int status, string slug, string told)
    {
        using var browser = await site.SignInAsync($"scheduler-{slug}", "clinic", "scheduler");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        site.Identity.Answers[$"DELETE /clinic/batches/{Spare}"] = _ => Results.Json(new { type = $"urn:medtourism:problem:{slug}", status }, statusCode: status, contentType: "application/problem+json");
        using var form = Form(Token(page));
        await browser.PostAsync($"/en/console/batches/{Spare}/withdraw", form);
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"))).QuerySelector(".toast")!.TextContent, Does.Contain(told));
    }

    [TestCase(""), TestCase($"/{Spare}/withdraw")]
    public async Task A_doctor_sees_deliveries_and_changes_none(string path)
    {
        using var browser = await site.SignInAsync($"doctor{path.Length}", "clinic", "doctor");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/batches"));
        Assert.That((page.QuerySelectorAll(".batches > li").Length, page.QuerySelector("#activity")), Is.EqualTo((2, (object?)null)));
        using var form = Form("none", ("activity", "5"));
        Assert.That((await browser.PostAsync($"/en/console/batches{path}", form)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(site.Identity.Received.Select(received => received.Request), Has.None.StartsWith("POST /clinic").And.None.StartsWith("DELETE /clinic"));
    }

    private static string Token(AngleSharp.Dom.IDocument page) => page.QuerySelector("form[method=post] input[name=token]")!.GetAttribute("value")!;

    private static FormUrlEncodedContent Form(string token, params (string Name, string Value)[] fields) =>
        new([new("token", token), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]);

    private static string Batch(string id, DateTimeOffset at, int doses) => JsonSerializer.Serialize(new
    {
        id, procedureIds = new[] { "pet-fdg" }, radionuclide = "F-18", halfLifeMinutes = 109.77, deliveredAt = at, usableUntil = at.AddHours(4), calibratedAt = at,
        activityMbq = 5550.5, doseMbq = 250, uptakeMinutes = 60, doses, leftMbq = 2500,
    });

    private void Answer(string request, string body, int status = 200) =>
        site.Identity.Answers[request] = _ => Results.Content(body, "application/json", statusCode: status);
}
