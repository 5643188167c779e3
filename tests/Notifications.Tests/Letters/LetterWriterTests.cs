using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;
using MedTourism.Notifications.Letters;
using MedTourism.Notifications.Mails;
using MedTourism.Notifications.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Notifications.Tests.Letters;

public sealed class LetterWriterTests : MailFixture
{
    private static readonly Guid Booking = Guid.CreateVersion7();

    [Test]
    public async Task Every_letter_is_whole_in_every_language([ValueSource(typeof(Texts), nameof(Texts.Cultures))] string culture)
    {
        foreach (var mail in Samples.AllMails(Booking))
        {
            var (letter, page) = await WriteAsync(InCulture(mail, culture), culture);
            Assert.That((page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("dir")), Is.EqualTo((culture, culture == "ar" ? "rtl" : "ltr")));
            Assert.That(page.Title, Is.EqualTo(letter.Subject).And.Not.Empty);
            Assert.That(letter.Subject + letter.Text + page.Body!.TextContent, Does.Not.Contain("{").And.Not.Contain("}"), mail.Kind);
            Assert.That(letter.Html, Does.StartWith("<!doctype html>").IgnoreCase);
            Assert.That(letter.Html, Has.Length.LessThan(100_000), "Mail programs cut longer letters.");
            Assert.That(page.QuerySelectorAll("link, script, img"), Is.Empty, "Nothing is loaded when a letter is opened.");
            if (mail.BookingId is not null && mail.Kind is not ("account" or "plan" or "waitlist" or "waitlist-offer"))
            {
                Assert.That(page.QuerySelectorAll("bdi").Select(bdi => bdi.TextContent), Does.Contain("KZ-4F7Q-92"));
                Assert.That(letter.Text, Does.Contain("KZ-4F7Q-92"));
            }

            foreach (var link in page.QuerySelectorAll("a").Cast<IHtmlAnchorElement>())
            {
                Assert.That(letter.Text, Does.Contain(link.GetAttribute("href")!), "The text says where the button leads.");
            }
        }
    }

    [Test]
    public async Task A_neutral_letter_names_neither_treatment_nor_center([ValueSource(typeof(Texts), nameof(Texts.Cultures))] string culture)
    {
        string[] secrets = [.. Samples.ProcedureNames.Values, .. Samples.CenterNames.Values];
        foreach (var mail in Samples.AllMails(Booking).Where(mail => mail.BookingId is not null))
        {
            var (open, _) = await WriteAsync(mail, culture);
            var (neutral, _) = await WriteAsync(mail, culture, neutral: true);
            foreach (var secret in secrets)
            {
                Assert.That(neutral.Subject + neutral.Text + neutral.Html + neutral.CalendarFile?.Replace("\r\n ", "", StringComparison.Ordinal), Does.Not.Contain(secret), mail.Kind);
            }

            if (mail.Kind is "confirmed" or "cancelled")
            {
                Assert.That(secrets.Any(open.Subject.Contains) && secrets.Any(open.Text.Contains) && secrets.Any(open.CalendarFile!.Contains), Is.True, "The open letter does name them.");
            }
        }
    }

    [Test]
    public async Task A_confirmation_tells_the_time_at_the_center_and_at_home()
    {
        var (letter, page) = await WriteAsync(Samples.Queued("confirmed", Samples.Confirmed(Booking), Booking), "ru");
        Assert.That(page.QuerySelectorAll("td.zone").Select(zone => zone.QuerySelector("strong bdi")!.TextContent), Is.EqualTo(new[] { "10:00", "08:00" }));
        Assert.That(letter.Text.WithPlainSpaces(), Does.Contain("В центре, UTC+5: вторник, 1 декабря 2026 г., 10:00").And.Contain("У вас, UTC+3: вторник, 1 декабря 2026 г., 08:00"));
        Assert.That(page.QuerySelector("a")!.GetAttribute("href"), Is.EqualTo($"https://emdeu.example/ru/booking/{Booking}"));
        Assert.That(letter.Subject.WithPlainSpaces(), Is.EqualTo("ПЭТ/КТ всего тела: вторник, 1 декабря 2026 г., 10:00 (UTC+5)"));
    }

    [Test]
    public async Task An_Arabic_letter_has_Arabic_commas()
    {
        foreach (var mail in Samples.AllMails(Booking))
        {
            var (letter, page) = await WriteAsync(InCulture(mail, "ar"), "ar");

            Assert.That(letter.Subject + letter.Text + page.Body!.TextContent, Does.Not.Contain(", "), mail.Kind);
        }
    }

    [Test]
    public async Task A_patient_in_the_centers_own_offset_sees_one_clock()
    {
        var (_, page) = await WriteAsync(Samples.Queued("confirmed", Samples.Confirmed(Booking), Booking), "kk", zone: "Asia/Qyzylorda");
        Assert.That(page.QuerySelectorAll("td.zone"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Arabic_falls_back_to_a_name_that_says_which_language_it_is()
    {
        var (_, page) = await WriteAsync(Samples.Queued("confirmed", Samples.Confirmed(Booking), Booking), "ar");
        var name = page.QuerySelectorAll("bdi").First(bdi => bdi.TextContent == Samples.Procedure);
        Assert.That(name.GetAttribute("lang"), Is.EqualTo("en"));
    }

    [Test]
    public async Task What_people_and_centers_call_themselves_cannot_become_markup_or_headers()
    {
        var confirmed = Samples.Confirmed(Booking) with { ProcedureNames = new() { ["en"] = "<b>x</b>{time}\r\nBcc: all@example" } };
        var contact = Samples.Known(Samples.Contact(Booking) with { GivenNames = "<script>alert(1)</script>{offset}" });
        var letter = await App.Services.GetRequiredService<LetterWriter>().WriteAsync(Samples.Queued("confirmed", confirmed, Booking), contact, null);
        var page = await new HtmlParser().ParseDocumentAsync(letter.Html);
        Assert.That(page.QuerySelectorAll("script, b"), Is.Empty);
        Assert.That(page.Body!.TextContent, Does.Contain("<script>alert(1)</script>{offset}"));
        await App.Services.GetRequiredService<IMailTransport>().SendAsync(letter with { To = "headers@patients.example" }, CancellationToken.None);
        var received = Smtp.Received.Single(mail => mail.To.Contains("headers@patients.example"));
        Assert.That(received.Headers.Keys, Does.Not.Contain("bcc"));
        Assert.That(received.Subject, Does.Contain("Bcc: all@example"));
    }

    [Test]
    public async Task A_repair_shows_old_and_new_times_side_by_side_and_opens_with_its_key()
    {
        var (letter, page) = await WriteAsync(Samples.Queued("repair", Samples.Repair(Booking), Booking), "en");
        var rows = page.QuerySelector("th[scope=col]")!.Closest("table")!.QuerySelectorAll("tr").Skip(1).Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToArray());
        Assert.That(rows, Is.EqualTo(new[]
        {
            new[] { "5. Treatment session", "1 December 2026, 10:00", "2 December 2026, 10:00" },
            ["6. Treatment session", "2 December 2026, 10:00", "no time yet"],
        }));
        Assert.That(letter.Text, Does.Contain("5. Treatment session: 1 December 2026, 10:00 → 2 December 2026, 10:00").And.Contain("Your last day moves from"));
        Assert.That(page.QuerySelector("a")!.GetAttribute("href"), Is.EqualTo($"https://emdeu.example/en/open/repair/{Booking}/k3y-of-the-repair"));
        Assert.That(letter.Subject, Does.Not.Contain("k3y"));
    }

    [Test]
    public async Task A_cycles_letter_opens_it_with_a_key_and_what_the_laboratory_agreed_to_is_listed()
    {
        var (letter, page) = await WriteAsync(Samples.Queued("cycle", Samples.Cycle(Booking), Booking), "en");
        Assert.That(page.QuerySelector("a")!.GetAttribute("href"), Does.Match("^https://emdeu.example/en/open/cycle/[0-9a-f-]{36}/k3y-of-the-cycle$"));
        Assert.That(letter.Subject, Does.Not.Contain("k3y"));
        Assert.That(letter.Text, Does.Contain("1 December 2026"));

        var agreed = Samples.Rescheduled(Booking, "cycle") with { Moved = [] };
        var (told, table) = await WriteAsync(Samples.Queued("rescheduled", agreed, Booking), "en");
        Assert.That(told.Text, Does.Contain("The laboratory has agreed").And.Not.Contain("→"));
        Assert.That(table.QuerySelector("a")!.GetAttribute("href"), Is.EqualTo($"https://emdeu.example/en/booking/{Booking}"), "told by an earlier build, without a key");
        Assert.That(table.QuerySelector("th[scope=col]")!.Closest("table")!.QuerySelectorAll("tr"), Has.Length.EqualTo(agreed.Sessions.Length + 1));
    }

    [TestCase(true), TestCase(false)]
    public async Task A_letter_about_a_moved_cycle_opens_the_cycle_itself(bool moved)
    {
        var cycle = Guid.NewGuid();
        var told = Samples.Rescheduled(Booking, "cycle") with { Moved = moved ? Samples.Moved : [], CycleId = cycle, AccessKey = "k3y-of-this-letter" };
        var (letter, page) = await WriteAsync(Samples.Queued("rescheduled", told, Booking), "en");
        Assert.That(page.QuerySelector("a")!.GetAttribute("href"), Is.EqualTo($"https://emdeu.example/en/open/cycle/{cycle}/k3y-of-this-letter"));
        Assert.That(letter.Text, Does.Contain("Open my dates").And.Contain("Keep this letter"));
        Assert.That(letter.Subject, Does.Not.Contain("k3y"));
    }

    [TestCase("started", "new first day"), TestCase("triggered", "set the hour of the trigger"), TestCase("given-up", "has given this cycle up"), TestCase("of a later build", "new first day")]
    public async Task A_letter_about_a_cycle_says_what_moved_it_and_what_waits_for_the_laboratory(string change, string says)
    {
        var ids = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToArray();
        var told = Samples.Rescheduled(Booking, "cycle") with
        {
            CycleId = Guid.NewGuid(), AccessKey = "k3y", CycleChange = change,
            Sessions = [.. ids.Select((id, n) => new BookedSession(id, n + 1, "monitoring", Samples.Start.AddDays(3), Samples.Start.AddDays(3).AddMinutes(30), n == 1 ? "cancelled" : n == 2 ? "booked" : "proposed", 1))],
            Moved =
            [
                new(ids[0], 1, "monitoring", Samples.Start, Samples.Start.AddMinutes(30), Samples.Start.AddDays(3), Samples.Start.AddDays(3).AddMinutes(30)),
                new(ids[1], 2, "monitoring", Samples.Start.AddDays(1), Samples.Start.AddDays(1).AddMinutes(30), null, null),
                new(ids[2], 3, "retrieval", Samples.Start.AddDays(5), Samples.Start.AddDays(5).AddHours(1), Samples.Start.AddDays(5), Samples.Start.AddDays(5).AddHours(1)),
            ],
        };
        var (letter, page) = await WriteAsync(Samples.Queued("rescheduled", told, Booking), "en");
        Assert.That(letter.Text, Does.Contain(says));
        var rows = page.QuerySelector("th[scope=col]")!.Closest("table")!.QuerySelectorAll("tr").Skip(1).Select(row => row.QuerySelectorAll("td").Skip(1).Select(cell => cell.TextContent).ToArray());
        Assert.That(rows, Is.EqualTo(new[]
        {
            new[] { "2 December 2026, 10:00", "not needed" },
            ["1 December 2026, 10:00", "4 December 2026, 10:00 (proposed)"],
            ["was not planned", "6 December 2026, 10:00"],
        }));
    }

    [Test]
    public async Task A_course_lists_every_session()
    {
        var (letter, page) = await WriteAsync(Samples.Queued("confirmed", Samples.Course(Booking), Booking), "fr");
        Assert.That(page.QuerySelector("th[scope=col]")!.Closest("table")!.QuerySelectorAll("tr"), Has.Length.EqualTo(35));
        Assert.That(letter.Text, Does.Contain("34. Séance de traitement: "));
    }

    [Test]
    public async Task Keys_do_not_stand_in_subjects()
    {
        var (code, page) = await WriteAsync(Samples.Queued("code", Samples.Code(Booking), Booking), "en");
        var (link, _) = await WriteAsync(Samples.Queued("account", Samples.Link("sign-in"), null), "en");
        Assert.That(code.Subject + link.Subject, Does.Not.Contain("482913").And.Not.Contain("s3cret"));
        Assert.That(page.QuerySelectorAll("bdi").Select(bdi => bdi.TextContent), Does.Contain("482913"));
        Assert.That(code.Text, Does.Contain("482913"));
        Assert.That(link.Text, Does.Contain("https://accounts.example/go?t=s3cret&x=1"));
    }

    private static Mail InCulture(Mail mail, string culture) => mail.Kind != "account"
        ? mail
        : Samples.Queued("account", System.Text.Json.JsonSerializer.Deserialize<AccountLinkRequested>(mail.Payload!)! with { Culture = culture }, null);

    private async Task<(OutgoingMail Letter, IHtmlDocument Page)> WriteAsync(Mail mail, string culture, bool neutral = false, string zone = "Europe/Moscow")
    {
        var contact = Samples.Known(Samples.Contact(Booking, culture, neutral, zone));
        var letter = await App.Services.GetRequiredService<LetterWriter>().WriteAsync(mail, mail.Kind == "account" ? null : contact, "KZ-4F7Q-92");
        return (letter, await new HtmlParser().ParseDocumentAsync(letter.Html));
    }
}
