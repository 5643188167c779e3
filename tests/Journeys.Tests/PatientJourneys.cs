using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Npgsql;

namespace MedTourism.Journeys.Tests;

internal sealed class PatientJourneys
{
    [TestCase("ru", "ПЭТ", true, 1280)]
    [TestCase("ru", "ПЭТ", true, 390)]
    [TestCase("ru", "ПЭТ", false, 390)]
    [TestCase("ru", "ПЭТ", false, 1280)]
    [TestCase("ar", "التصوير البوزيتروني", true, 390)]
    [TestCase("ar", "PET", false, 1280)]
    public async Task A_patient_from_abroad_books_a_scan_in_Aktau_and_gets_the_letter_with_the_calendar_file(string culture, string words, bool script, int width)
    {
        await using var patient = await Visitor.ArriveAsync(culture, script, width);
        var address = Mailbox.NewAddress();
        await patient.FindTimesInAktauAsync(words);
        await patient.HoldAsync();
        await patient.AnswerAsync(address);
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.GoodCard);
        var reference = await patient.SeeConfirmedAsync();

        var letter = await Mailbox.WaitAsync(address, mail => mail.Attachments.Count > 0, "confirmed, with a calendar file");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(letter.Html, Does.Contain(reference).And.Contain($"lang=\"{culture}\""));
            Assert.That(letter.Html, culture == "ar" ? Does.Contain("dir=\"rtl\"") : Does.Not.Contain("dir=\"rtl\""));
            Assert.That(letter.Text, Does.Contain(reference));
            Assert.That(letter.Attachments.Single().Value, Does.Contain("BEGIN:VEVENT").And.Contain($"UID:{reference}@medtourism").And.Contain("TZID=Asia/Aqtau").Or.Contain("TZID=Asia/Almaty"));
        }
    }

    [Test]
    public async Task A_second_browser_loses_the_race_for_the_same_time_and_is_offered_others()
    {
        await using var first = await Visitor.ArriveAsync("fr");
        await using var second = await Visitor.ArriveAsync("kk");
        var day = Booking.SomeDay();
        await first.FindTimesInAktauAsync("TEP", day);
        await second.FindTimesInAktauAsync("ПЭТ", day);
        var taken = await first.HoldAsync();
        await first.SeesHeadingAsync("book.who");

        await second.Page.Locator($"#times input[name=start][value=\"{taken}\"]").CheckAsync();
        await second.PressAsync("times.hold");
        await second.SeesHeadingAsync("times.taken-title");
        var others = second.Page.Locator("button[name=start]");
        Assert.That(await others.CountAsync(), Is.EqualTo(3));
        await others.Nth(1).ClickAsync();
        await second.SeesHeadingAsync("book.who");
    }

    [Test]
    public async Task A_declined_card_keeps_the_slot_and_another_card_pays_it()
    {
        await using var patient = await Visitor.ArriveAsync("en");
        var address = Mailbox.NewAddress();
        await patient.FindTimesInAktauAsync("PET");
        await patient.HoldAsync();
        await patient.AnswerAsync(address);
        await patient.GoToPaymentAsync();
        await patient.PayAsync(Booking.DeclinedCard);
        await Assertions.Expect(patient.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await patient.CheckAsync();
        await patient.PayAsync(Booking.GoodCard);
        await patient.SeeConfirmedAsync();
    }

    [Test, NonParallelizable]
    public async Task Money_that_comes_after_the_hold_ran_out_and_the_time_was_sold_goes_back()
    {
        await using var slow = await Visitor.ArriveAsync("en");
        var address = Mailbox.NewAddress();
        await slow.FindTimesInAktauAsync("PET");
        var offer = new Uri(slow.Page.Url);
        var start = await slow.HoldAsync();
        await slow.AnswerAsync(address);
        await slow.GoToPaymentAsync();

        // The provider took the money, but its message is late: meanwhile the hold runs out (by the database's clock, so its row is moved)
        // and somebody else takes the time.
        await DelayWebhooksAsync(15_000);
        try
        {
            await slow.PayAsync(Booking.GoodCard);
            await slow.Page.WaitForURLAsync(new Regex("/booking/"));
            await ExpireAsync(start);
            Assert.That(await TakeAsync(offer.Segments.SkipWhile(part => part != "offers/").ElementAt(1).Trim('/'), start), Is.EqualTo(HttpStatusCode.Created));
        }
        finally
        {
            await DelayWebhooksAsync(0);
        }

        await slow.WaitForStateAsync("booking.refunded");
        var letter = await Mailbox.WaitAsync(address, mail => mail.Text.Contains("refund", StringComparison.OrdinalIgnoreCase), "your money is coming back");
        Assert.That(letter.Text, Does.Contain(await slow.ReferenceAsync()));
    }

    /// <summary>Somebody else takes the time at once, without looking at pages first.</summary>
    private static async Task<HttpStatusCode> TakeAsync(string offerId, string start)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        http.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.200.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}");
        using var answer = await http.PostAsJsonAsync(new Uri($"{Market.Address("booking")}/holds"), new { offerId, start });
        return answer.StatusCode;
    }

    private static async Task DelayWebhooksAsync(int milliseconds)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(new Uri($"{Market.Address("stripe")}/_test/webhooks"), new { delayMs = milliseconds });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ExpireAsync(string start)
    {
        var booking = new NpgsqlConnectionStringBuilder(Market.Address("postgres")) { Database = "booking" };
        await using var connection = new NpgsqlConnection(booking.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            WITH due AS (UPDATE holds SET expires_at = now() - interval '1 second' WHERE starts_at = $1 AND expires_at > now() RETURNING id)
            UPDATE allocations SET expires_at = now() - interval '1 second' WHERE hold_id IN (SELECT id FROM due) AND state = 'held'
            """,
            connection);
        command.Parameters.AddWithValue(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(await command.ExecuteNonQueryAsync(), Is.Positive, "there was no live hold to expire");
    }
}
