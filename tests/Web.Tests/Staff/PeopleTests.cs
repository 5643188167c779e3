using System.Net;
using System.Text.Json;
using MedTourism.Web.Tests.Session;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Web.Tests.Staff;

/// <summary>What an organisation's administrators do with its people, and that nobody else does.</summary>
public sealed class PeopleTests : OneSite
{
    private const string Doctor = "0d000000-0000-4000-8000-000000000001";
    private const string Admin = "0d000000-0000-4000-8000-000000000002";
    private const string Letter = "0e000000-0000-4000-8000-000000000001";

    [TestCaseSource(nameof(Languages))]
    public async Task The_pages_have_their_words_in_every_language(string language)
    {
        foreach (var (kind, home, roles) in new[] { ("clinic", "console", new[] { "admin", "scheduler", "doctor" }), ("agency", "agency", ["admin", "agent"]), ("operator", "operator", ["operator"]) })
        {
            using var browser = await AdminAsync(kind, roles);
            foreach (var path in new[] { "", $"/{Doctor}", $"/{Doctor}/remove", $"/{Doctor}/reset" })
            {
                var response = await browser.GetAsync($"/{language}/{home}/people{path}");
                var page = await StaffSite.PageAsync(response);
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{home}{path}");
                Assert.That(page.QuerySelectorAll("h1").Single().TextContent, Is.Not.Empty);
                Assert.That(page.QuerySelectorAll("input[type=checkbox]").Length, Is.EqualTo(path.Length > 40 || roles.Length == 1 ? 0 : roles.Length), "one role alone is not asked for");
            }
        }
    }

    [Test]
    public async Task Everybody_is_told_with_address_roles_and_since_when_and_who_was_invited_until_when()
    {
        using var browser = await AdminAsync();
        var tables = (await StaffSite.PageAsync(await browser.GetAsync("/en/console/people"))).QuerySelectorAll("table");
        Assert.That(tables[0].TextContent, Does.Contain("Aigerim").And.Contain("aigerim@clinic.test").And.Contain("Scheduler, Doctor").And.Contain("Sat 1 Aug 2026").And.Contain("not set up yet"));
        Assert.That(tables[1].TextContent, Does.Contain("new@clinic.test").And.Contain("ran out").And.Contain("late@clinic.test"));
    }

    [TestCase("clinic", "doctor", "/en/console", "/policy"), TestCase("clinic", "scheduler", "/en/console", "/policy"), TestCase("agency", "agent", "/en/agency", "/agreement")]
    public async Task Who_does_not_administer_gets_no_page_and_no_menu_item(string kind, string role, string home, string elsewhere)
    {
        Menus();
        using var browser = await Site.SignInAsync("someone", kind, role);
        foreach (var path in new[] { "", $"/{Doctor}", $"/{Doctor}/remove", $"/{Doctor}/reset" })
        {
            Assert.That((await browser.GetAsync($"{home}/people{path}")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        }

        var other = await StaffSite.PageAsync(await browser.GetAsync(home + elsewhere));
        Assert.That(other.QuerySelectorAll($"a[href='{home}{elsewhere}']"), Is.Not.Empty);
        Assert.That(other.QuerySelectorAll($"a[href='{home}/people']"), Is.Empty);
        var token = other.QuerySelector("input[name=token]")!.GetAttribute("value")!;
        foreach (var path in new[] { "", $"/{Doctor}", $"/{Doctor}/remove", $"/{Doctor}/reset", $"/invitations/{Letter}/again", $"/invitations/{Letter}/take-back" })
        {
            Assert.That((await PostAsync(browser, $"{home}/people{path}", token, ("email", "x@clinic.test"), ("roles", "admin"))).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        }

        Assert.That(Asked(), Has.None.Contain("/organisations/"));
    }

    [TestCase("clinic", "admin", "/en/console/policy"), TestCase("agency", "admin", "/en/agency/agreement"), TestCase("operator", "operator", "/en/operator/mails")]
    public async Task Administrators_find_the_page_in_their_menu(string kind, string role, string path)
    {
        Menus();
        using var browser = await Site.SignInAsync("someone", kind, role);
        var page = await StaffSite.PageAsync(await browser.GetAsync(path));
        Assert.That(page.QuerySelectorAll($"nav a[href='{path[..path.LastIndexOf('/')]}/people']"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Who_lost_the_role_since_they_signed_in_is_refused_as_Identity_says()
    {
        using var browser = await Site.SignInAsync("someone", "agency", "admin");
        Assert.That((await browser.GetAsync("/en/agency/people")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task An_invitation_goes_out_once_with_what_was_typed()
    {
        using var browser = await AdminAsync();
        var keys = Keep("POST", "/invitations", Results.Accepted((string?)null));
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/people"));
        (string, string)[] typed = [("key", page.QuerySelector("input[name=key]")!.GetAttribute("value")!), ("email", " new@clinic.test "), ("roles", "scheduler"), ("roles", "doctor"), ("culture", "kk")];

        var response = await PostAsync(browser, "/en/console/people", Token(page), typed);
        await PostAsync(browser, "/en/console/people", Token(page), typed);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        var sent = JsonDocument.Parse(Body("POST", "/invitations")).RootElement;
        Assert.That(sent.ToString(), Is.EqualTo("""{"email":"new@clinic.test","roles":["scheduler","doctor"],"culture":"kk"}"""));
        Assert.That(keys, Has.Count.EqualTo(2).And.All.EqualTo(keys[0]), "the form sent twice is one request");
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location))).QuerySelector(".toast")!.TextContent, Does.Contain("on its way"));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en/console/people"), "nothing of the person is in the address");
    }

    [TestCase("", "doctor", 0, "", "email", "Type an e-mail address")]
    [TestCase("new@clinic.test", null, 0, "", "roles", "Choose at least one role")]
    [TestCase("new@clinic", "doctor", 422, "invalid-fields", "email", "Type an e-mail address")]
    [TestCase("new@clinic.test", "doctor", 409, "already-member", "email", "member already")]
    [TestCase("new@clinic.test", "doctor", 429, "too-many-requests", "email", "Wait a minute")]
    public async Task A_refused_invitation_names_the_field_and_keeps_what_was_typed(string email, string? role, int status, string slug, string field, string words)
    {
        using var browser = await AdminAsync();
        if (status > 0)
        {
            Keep("POST", "/invitations", Results.Problem(statusCode: status, type: $"urn:medtourism:problem:{slug}", extensions: new Dictionary<string, object?> { ["errors"] = new { email = new[] { "must be an address" } } }));
        }

        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/people"));
        var response = await PostAsync(browser, "/en/console/people", Token(page), [("key", "k"), ("email", email), ("culture", "fr"), .. role is null ? Array.Empty<(string, string)>() : [("roles", role)]]);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        page = await StaffSite.PageAsync(response);
        Assert.That(page.QuerySelector($".error-summary a[href='#{field}']")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector($"#{field}-e")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector("#email")!.GetAttribute("value"), Is.EqualTo(email));
        Assert.That(page.QuerySelectorAll("input[name=roles][checked]").Select(box => box.GetAttribute("value")), Is.EqualTo(role is null ? [] : new[] { role }));
        Assert.That(page.QuerySelector("#culture option[selected]")!.GetAttribute("value"), Is.EqualTo("fr"));
        Assert.That(page.Title, Does.StartWith("Error"));
    }

    [TestCase("again", "POST", "/resend", 202, "A new letter")]
    [TestCase("take-back", "DELETE", "", 204, "taken back")]
    [TestCase("again", "POST", "/resend", 404, "accepted, replaced or taken back")]
    [TestCase("take-back", "DELETE", "", 404, "accepted, replaced or taken back")]
    [TestCase("again", "POST", "/resend", 429, "Wait a minute")]
    public async Task An_invitation_is_sent_again_or_taken_back(string act, string method, string tail, int status, string words)
    {
        using var browser = await AdminAsync();
        Keep(method, $"/invitations/{Letter}{tail}", status < 400 ? Results.StatusCode(status) : Results.Problem(statusCode: status, type: "urn:medtourism:problem:invitation-unknown"));
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/people"));
        var response = await StaffSite.SubmitAsync(browser, page, $"/en/console/people/invitations/{Letter}/{act}");
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location))).QuerySelector(".toast")!.TextContent, Does.Contain(words));
    }

    [Test]
    public async Task Changed_roles_end_the_persons_sessions_here()
    {
        using var theirs = await Site.SignInAsync(Doctor, "clinic", "doctor");
        using var browser = await AdminAsync();
        Keep("PUT", $"/members/{Doctor}", Results.NoContent());
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Doctor}"));
        Assert.That(page.QuerySelectorAll("input[name=roles][checked]").Select(box => box.GetAttribute("value")), Is.EqualTo(new[] { "scheduler", "doctor" }));

        var response = await PostAsync(browser, $"/en/console/people/{Doctor}", Token(page), ("roles", "doctor"));

        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en/console/people"));
        Assert.That(Body("PUT", $"/members/{Doctor}"), Is.EqualTo("""{"roles":["doctor"]}"""));
        Assert.That((await theirs.GetAsync("/en/console")).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), "asked to sign in");
        Assert.That((await browser.GetAsync("/en/console/people")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("last-administrator", "Somebody must administer"), TestCase("demo-account", "demonstration stay"), TestCase("member-unknown", "not a member any more"), TestCase(null, "at least one role")]
    public async Task Refused_roles_are_told_beside_them_and_what_was_ticked_stays(string? slug, string words)
    {
        using var browser = await AdminAsync();
        Keep("PUT", $"/members/{Doctor}", Results.Problem(statusCode: 409, type: $"urn:medtourism:problem:{slug}"));
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Doctor}"));
        var response = await PostAsync(browser, $"/en/console/people/{Doctor}", Token(page), slug is null ? [] : [("roles", "admin")]);
        page = await StaffSite.PageAsync(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(page.QuerySelector("#roles-e")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelectorAll("input[name=roles][checked]").Select(box => box.GetAttribute("value")), Is.EqualTo(slug is null ? [] : new[] { "admin" }));
        Assert.That(slug is not null || !Asked().Any(request => request.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [TestCase("remove", "DELETE", "", "The person was removed"), TestCase("reset", "POST", "/reset-second-factor", "The second factor was reset")]
    public async Task Nobody_is_removed_or_reset_before_a_page_has_said_what_that_does(string what, string method, string tail, string words)
    {
        using var theirs = await Site.SignInAsync(Doctor, "clinic", "doctor");
        using var browser = await AdminAsync();
        Keep(method, $"/members/{Doctor}{tail}", Results.NoContent());
        var member = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Doctor}"));
        var link = member.QuerySelector($"main a[href$='/{what}']")!.GetAttribute("href")!;

        var page = await StaffSite.PageAsync(await browser.GetAsync(link));
        Assert.That(page.QuerySelector("h1")!.TextContent, Does.Contain("Aigerim").And.Contain("?"));
        Assert.That(Asked(), Has.None.StartsWith($"{method} /organisations"));

        var response = await PostAsync(browser, link, Token(page));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location))).QuerySelector(".toast")!.TextContent, Does.Contain(words));
        Assert.That(Asked(), Has.One.EqualTo($"{method} /organisations/{Site.Identity.Organisation}/members/{Doctor}{tail}"));
        Assert.That((await theirs.GetAsync("/en/console")).StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), "signed out here too");
    }

    [TestCase("remove", "last-administrator", "Somebody must administer"), TestCase("reset", "member-unknown", "another organisation too"), TestCase("reset", "demo-account", "demonstration stay")]
    public async Task A_refusal_is_told_on_the_page_that_asked(string what, string slug, string words)
    {
        using var browser = await AdminAsync();
        Keep(what == "reset" ? "POST" : "DELETE", $"/members/{Doctor}{(what == "reset" ? "/reset-second-factor" : "")}", Results.Problem(statusCode: 409, type: $"urn:medtourism:problem:{slug}"));
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Doctor}/{what}"));
        var response = await PostAsync(browser, $"/en/console/people/{Doctor}/{what}", Token(page));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await StaffSite.PageAsync(response)).QuerySelector(".error-summary")!.TextContent, Does.Contain(words));
    }

    [Test]
    public async Task The_last_administrator_is_not_offered_to_leave_and_nobody_resets_themselves()
    {
        using var browser = await AdminAsync();
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Admin}"));
        Assert.That(page.QuerySelectorAll("main a[href$='/remove'], main a[href$='/reset']"), Is.Empty);
        Assert.That(page.QuerySelector("main")!.TextContent, Does.Contain("Nobody else administers"));
    }

    [Test]
    public async Task Who_changes_their_own_roles_signs_in_again()
    {
        using var browser = await AdminAsync();
        Keep("PUT", $"/members/{Admin}", Results.NoContent());
        var page = await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Admin}"));
        var response = await PostAsync(browser, $"/en/console/people/{Admin}", Token(page), ("roles", "doctor"));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo("/en/sign-in?return=%2Fen%2Fconsole"));
        Assert.That(await Site.SessionsAsync(), Is.Zero);
    }

    [TestCase("clinic", "doctor", "/en/console"), TestCase("agency", "agent", "/en/agency"), TestCase("operator", "operator", "/en/operator")]
    public async Task Every_member_tells_their_name_on_their_account_and_it_shows_at_once(string kind, string role, string home)
    {
        using var browser = await Site.SignInAsync(Doctor, kind, role);
        Me(null);
        Site.Identity.Answers["PUT /me/name"] = _ => Results.Json(new { name = "Айгерим" });
        var page = await StaffSite.PageAsync(await browser.GetAsync($"{home}/account"));
        Assert.That(page.QuerySelectorAll($"header a[href='{home}/account']:not([lang])"), Has.Length.EqualTo(1), "found in the header");
        Assert.That(page.QuerySelector("#name")!.GetAttribute("value"), Is.Null.Or.Empty);

        var response = await StaffSite.SubmitAsync(browser, page, $"{home}/account", ("name", " Айгерим "));

        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo($"{home}/account"), "nothing of the person is in the address");
        Me("Айгерим");
        page = await StaffSite.PageAsync(await browser.GetAsync(response.Headers.Location));
        Assert.That(page.QuerySelector(".toast")!.TextContent, Does.Contain("saved"));
        Assert.That(page.QuerySelector("#name")!.GetAttribute("value"), Is.EqualTo("Айгерим"));
        Assert.That(page.QuerySelector("header .who")!.TextContent, Is.EqualTo("Айгерим"));
    }

    [TestCase("  ", 0, "", "Enter your name"), TestCase("12", 422, "invalid-fields", "Write it with letters"), TestCase("Name", 409, "demo-account", "demonstration stay"), TestCase("Name", 429, "too-many-requests", "Wait a minute")]
    public async Task A_refused_name_is_told_beside_the_field_and_stays_as_typed(string typed, int status, string slug, string words)
    {
        using var browser = await Site.SignInAsync(Doctor, "clinic", "doctor");
        Me("Aigerim");
        Site.Identity.Answers["PUT /me/name"] = _ => Results.Problem(statusCode: status, type: $"urn:medtourism:problem:{slug}");
        var page = await StaffSite.PageAsync(await browser.GetAsync("/en/console/account"));

        var response = await StaffSite.SubmitAsync(browser, page, "/en/console/account", ("name", typed));

        page = await StaffSite.PageAsync(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(page.QuerySelector(".error-summary a[href='#name']")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector("#name-e")!.TextContent, Does.Contain(words));
        Assert.That(page.QuerySelector("#name")!.GetAttribute("value"), Is.EqualTo(typed));
        Assert.That(Asked().Contains("PUT /me/name"), Is.EqualTo(status > 0));
    }

    [TestCaseSource(nameof(Languages))]
    public async Task The_account_has_its_words_in_every_language(string language)
    {
        using var browser = await Site.SignInAsync(Doctor, "agency", "agent");
        Me("Aigerim");
        var response = await browser.GetAsync($"/{language}/agency/account");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await StaffSite.PageAsync(response)).QuerySelector("h1")!.TextContent, Is.Not.Empty);
        Assert.That((await browser.GetAsync($"/{language}/console/account")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), "the account of another kind of organisation");
    }

    [Test]
    public async Task Ones_own_page_leads_to_the_account()
    {
        using var browser = await AdminAsync();
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Admin}"))).QuerySelectorAll("main a[href='/en/console/account']"), Has.Length.EqualTo(1));
        Assert.That((await StaffSite.PageAsync(await browser.GetAsync($"/en/console/people/{Doctor}"))).QuerySelectorAll("main a[href='/en/console/account']"), Is.Empty);
    }

    [Test]
    public async Task A_stranger_to_the_organisation_has_no_page()
    {
        using var browser = await AdminAsync();
        Assert.That((await browser.GetAsync($"/en/console/people/{Letter}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    /// <summary>An administrator, who works with one other person and has invited two.</summary>
    private async Task<HttpClient> AdminAsync(string kind = "clinic", params string[] known)
    {
        string[] roles = known.Length == 0 ? ["admin", "scheduler", "doctor"] : known;
        var browser = await Site.SignInAsync(Admin, kind, roles[0]);
        Site.Identity.Answers[$"GET /organisations/{Site.Identity.Organisation}/members"] = _ => Results.Json(new
        {
            id = Site.Identity.Organisation, kind, name = "Clinic", knownRoles = roles,
            members = new object[]
            {
                new { accountId = Doctor, email = "aigerim@clinic.test", name = "Aigerim", roles = roles[1..] is [] ? roles : roles[1..], secondFactor = true, since = "2026-08-01T05:00:00Z" },
                new { accountId = Admin, email = "boss@clinic.test", roles = new[] { roles[0] }, secondFactor = false, since = "2026-07-01T05:00:00Z" },
            },
            invitations = new object[]
            {
                new { id = Letter, email = "new@clinic.test", roles = new[] { roles[^1] }, expiresAt = TimeProvider.System.GetUtcNow().AddDays(6) },
                new { id = Guid.NewGuid(), email = "late@clinic.test", roles, expiresAt = TimeProvider.System.GetUtcNow().AddDays(-1) },
            },
        });
        return browser;
    }

    private void Me(string? name) => Site.Identity.Answers["GET /me"] = _ => Results.Json(new { accountId = Doctor, email = "aigerim@clinic.test", name });

    /// <summary>What pages with a menu ask for.</summary>
    private void Menus()
    {
        foreach (var request in new[] { "GET /clinic/course-policy", "GET /agency/agreement", "GET /operator/mails" })
        {
            Site.Identity.Answers[request] = _ => Results.Text(ServiceAnswers.All[request], "application/json");
        }

        Site.Identity.Answers["GET /lines"] = _ => Results.Json(Array.Empty<object>());
    }

    /// <summary>Answers a request about the organisation, and keeps the idempotency keys it came with.</summary>
    private List<string> Keep(string method, string tail, IResult answer)
    {
        List<string> keys = [];
        Site.Identity.Answers[$"{method} /organisations/{Site.Identity.Organisation}{tail}"] = http =>
        {
            keys.Add(http.Request.Headers["Idempotency-Key"].ToString());
            return answer;
        };
        return keys;
    }

    private string[] Asked()
    {
        lock (Site.Identity.Received)
        {
            return [.. Site.Identity.Received.Select(received => received.Request)];
        }
    }

    private string Body(string method, string tail)
    {
        lock (Site.Identity.Received)
        {
            return Site.Identity.Received.First(received => received.Request == $"{method} /organisations/{Site.Identity.Organisation}{tail}").Body;
        }
    }

    private static string Token(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelector("main input[name=token]")!.GetAttribute("value")!;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, string token, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent([new("token", token), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        return await browser.PostAsync(path, form);
    }
}
