using System.Net;
using MedTourism.Contracts.Identity;
using MedTourism.TestKit;

namespace MedTourism.Identity.Tests;

public sealed class EraseTests
{
    private static IdentitySystem System => Shared.System;

    private static string Page => new Uri(System.Accounts.Address, "/erase-account").AbsoluteUri;

    [Test]
    public async Task An_account_erased_twice_at_once_with_the_password_is_gone_and_told_once()
    {
        var person = await System.RegisterAsync();
        var tokens = await System.SignInAsync(person);
        var id = await IdOfAsync(person);
        using var one = new Browser();
        using var two = new Browser();
        var pages = new[] { (Browser: one, Shown: await one.OpenAsync(Page)), (Browser: two, Shown: await two.OpenAsync(Page)) };
        var ends = await Task.WhenAll(pages.Select(page =>
            page.Browser.SubmitAsync(page.Shown, "/erase-account", ("email", person.Email), ("password", person.Password))));

        Assert.That(ends.Select(end => end.Status), Has.Some.EqualTo(HttpStatusCode.OK), ends[0].Text);
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE id = $1", id), Is.Zero);
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM account_links WHERE upper(email) = upper($1)", person.Email), Is.Zero);
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM audit WHERE account_id = $1 AND kind = 'account-erased'", id), Is.EqualTo(1));
        await Eventually.That(() => Told(id) > 0, "AccountErased was not published.");

        var refreshed = await System.ClientAsync(new { step = "refresh", refreshToken = tokens.Text("refresh_token") });
        Assert.That(refreshed.Text("error"), Is.EqualTo("invalid_grant"), "its sessions are over");
        using var late = new Browser();
        var again = await late.SubmitAsync(await late.OpenAsync(Page), "/erase-account", ("email", person.Email), ("password", person.Password));
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), "nobody has this password any more");

        // A marker from behind shows that a second message would have been here by now.
        var marker = await EraseWithLinkAsync();
        await Eventually.That(() => Told(marker) > 0, "AccountErased of the other account was not published.");
        Assert.That(Told(id), Is.EqualTo(1));
    }

    [Test]
    public async Task A_fresh_sign_in_by_link_is_enough_and_an_old_one_is_not()
    {
        var person = await System.RegisterAsync();
        var id = await IdOfAsync(person);
        using var browser = new Browser();
        var page = await SignInByLinkAsync(browser, person);
        Assert.That(page.Text, Does.Contain(person.Email));
        await System.ScalarAsync<object>("UPDATE sign_ins SET created_at = created_at - interval '16 minutes' WHERE account_id = $1", id);
        var late = await browser.SubmitAsync(page, "/erase-account");
        Assert.That(late.Status, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE id = $1", id), Is.EqualTo(1));

        page = await SignInByLinkAsync(browser, person);
        var done = await browser.SubmitAsync(page, "/erase-account");
        Assert.That(done.Title, Does.StartWith("The account is deleted"));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE id = $1", id), Is.Zero);
    }

    [Test]
    public async Task A_wrong_password_erases_nothing_and_costs_a_try()
    {
        var person = await System.RegisterAsync();
        using var browser = new Browser();
        var refused = await browser.SubmitAsync(await browser.OpenAsync(Page), "/erase-account", ("email", person.Email), ("password", "not the right one"));
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(await System.ScalarAsync<int>("SELECT access_failed_count FROM accounts WHERE email = $1", person.Email), Is.EqualTo(1));
    }

    [Test]
    public async Task Staff_need_their_second_step_and_leave_only_an_organisation_that_somebody_else_runs()
    {
        var (organisation, admin, tokens) = await Shared.AdmitAsync("agency");
        var id = await IdOfAsync(admin);
        using var stranger = new Browser();
        var refused = await stranger.SubmitAsync(await stranger.OpenAsync(Page), "/erase-account", ("email", admin.Email), ("password", admin.Password));
        Assert.That(refused.Text, Does.Contain("second step"), "the password alone is not enough");

        using var browser = new Browser();
        var (start, _) = await System.StartAsync(browser);
        await admin.EnterAsync(browser, start);
        refused = await browser.SubmitAsync(await browser.OpenAsync(Page), "/erase-account");
        Assert.That(refused.Text, Does.Contain("only administrator"));
        Assert.That(await System.ScalarAsync<long>("SELECT count(*) FROM accounts WHERE id = $1", id), Is.EqualTo(1));

        var other = People.NewEmail();
        await StaffTests.InviteAsync(tokens, organisation, other, "admin");
        await System.AcceptAsync(other);
        var done = await browser.SubmitAsync(await browser.OpenAsync(Page), "/erase-account");
        Assert.That(done.Title, Does.StartWith("The account is deleted"));
        await Eventually.That(
            () => System.Accounts.Received<MemberChanged>().Any(changed => changed.AccountId == id && changed.OrganisationId == organisation && changed.Roles is []),
            "MemberChanged was not published.");
        await Eventually.That(() => Told(id) == 1, "AccountErased was not published.");
    }

    [Test]
    public async Task Arabic_runs_from_right_to_left()
    {
        using var browser = new Browser("ar");
        var page = await browser.OpenAsync(Page);
        Assert.That(page.Document.DocumentElement.GetAttribute("dir"), Is.EqualTo("rtl"));
        Assert.That(page.Title, Does.StartWith("حذف الحساب"));
    }

    private static int Told(Guid id) => System.Accounts.Received<AccountErased>().Count(erased => erased.AccountId == id);

    private static async Task<Guid> EraseWithLinkAsync()
    {
        var person = await System.RegisterAsync();
        var id = await IdOfAsync(person);
        using var browser = new Browser();
        await browser.SubmitAsync(await SignInByLinkAsync(browser, person), "/erase-account");
        return id;
    }

    /// <summary>Signs in by an e-mailed link and returns the page for erasing as this browser sees it then.</summary>
    private static async Task<Shown> SignInByLinkAsync(Browser browser, Person person)
    {
        var before = System.Accounts.Received<AccountLinkRequested>().Count(mail => mail.Email == person.Email && mail.Purpose == "sign-in");
        var (page, _) = await System.StartAsync(browser, new { prompt = "login" });
        await browser.SubmitAsync(page, "/signin/link", ("email", person.Email));
        await Eventually.That(
            () => System.Accounts.Received<AccountLinkRequested>().Count(mail => mail.Email == person.Email && mail.Purpose == "sign-in") > before, "no new link");
        page = await browser.OpenAsync(await System.LinkForAsync(person.Email, "sign-in"));
        await browser.SubmitAsync(page, "/link");
        return await browser.OpenAsync(Page);
    }

    private static Task<Guid> IdOfAsync(Person person) => System.ScalarAsync<Guid>("SELECT id FROM accounts WHERE email = $1", person.Email);
}
