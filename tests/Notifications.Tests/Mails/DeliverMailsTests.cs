using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Notifications.Tests.Support;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Tests.Mails;

public sealed class DeliverMailsTests : MailFixture
{
    [Test]
    public async Task A_booking_from_hold_to_refund_is_told_letter_by_letter_in_the_patients_language()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Contact(booking, "ar"));
        await SayAsync(Samples.Placed(booking));
        await SayAsync(Samples.Deposit(booking));
        await LettersAsync(booking);
        await SayAsync(Samples.Confirmed(booking));
        await LettersAsync(booking, 2);
        await SayAsync(Samples.Cancelled(booking));
        await SayAsync(Samples.Refund(booking));

        var letters = await LettersAsync(booking, 4);
        Assert.That(letters, Has.Count.EqualTo(4));
        Assert.That(letters.Select(letter => letter.Headers["content-language"]), Is.All.EqualTo("ar"));
        Assert.That(letters.Select(letter => letter.Html), Is.All.Contain("<html lang=\"ar\" dir=\"rtl\">"));
        Assert.That(letters.Select(letter => letter.Text), Is.All.Contain("KZ-4F7Q-92"));
        Assert.That(letters[0].Subject, Does.Contain("موعدك محفوظ"));
        Assert.That(letters[0].Text, Does.Contain($"https://emdeu.example/ar/booking/{booking}"));
        Assert.That(letters[1].Parts.Select(part => part.Type), Is.EqualTo(new[] { "text/plain", "text/html", "text/calendar" }));
        Assert.That(letters[1].Calendar!.FullType, Does.Contain("method=PUBLISH").And.Contain("appointment.ics"));
        Assert.That((letters[0].Calendar, letters[3].Calendar), Is.EqualTo(((MimePart?)null, (MimePart?)null)));
        var told = await IcalJs.ReadAsync([letters[1].Calendar!.Content, letters[2].Calendar!.Content]);
        Assert.That(told.Select(event_ => (event_.Uid, event_.Status, event_.Sequence, event_.Start)), Is.EqualTo(new[]
        {
            ("KZ-4F7Q-92@medtourism", "CONFIRMED", 0, Samples.Start), ("KZ-4F7Q-92@medtourism", "CANCELLED", 1, Samples.Start),
        }));
    }

    [Test]
    public async Task A_message_that_comes_again_and_a_copy_with_another_id_are_mailed_once()
    {
        var booking = Guid.CreateVersion7();
        var id = Guid.NewGuid();
        var (confirmed, refund) = (Samples.Confirmed(booking), Samples.Refund(booking));
        await SayAsync(Samples.Contact(booking));
        for (var i = 0; i < 3; i++)
        {
            await SayAsync(confirmed, id);
            await SayAsync(confirmed);
            await SayAsync(refund);
        }

        await LettersAsync(booking, 2);
        await SayAsync(confirmed); // after it was sent, too
        var last = Samples.Refund(booking);
        await SayAsync(last);
        Assert.That(await LettersAsync(booking, 3), Has.Count.EqualTo(3));
        Assert.That(Of(booking).Select(letter => letter.MessageId), Is.Unique);
    }

    [Test]
    public async Task A_letter_waits_for_its_contact()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Confirmed(booking));
        Assert.That((await MailAsync(booking, "confirmed", "waiting")).Attempts, Is.Zero);
        await SayAsync(Samples.Contact(booking, "kk"));
        Assert.That((await LettersAsync(booking)).Single().Subject, Does.StartWith("Бүкіл дене ПЭТ/КТ"));
    }

    [Test]
    public async Task A_server_that_is_down_is_asked_again_until_it_is_back()
    {
        var port = SmtpCatcher.FreePort();
        await using var app = await ServiceUnderTest<Program>.StartAsync("notifications", Settings(port));
        await app.PublishAsync(Samples.Link("sign-in", "fr"));
        using var client = app.ClientFor(app.Tokens.For(sub: "op", org: Guid.NewGuid(), orgKind: "operator"));
        await Eventually.That(
            async () => (await client.GetFromJsonAsync<JsonElement>("/operator/mails?state=waiting")).GetProperty("items").EnumerateArray()
                .Any(mail => mail.GetProperty("attempts").GetInt32() > 0 && mail.GetProperty("lastError").GetString() == "SmtpException: GeneralFailure"),
            "The failure was not recorded.");

        await using var smtp = SmtpCatcher.Start(port);
        await Eventually.That(() => smtp.Received.Count > 0, "The letter never came.", TimeSpan.FromSeconds(60));
        Assert.That(smtp.Received.Single().Subject, Is.EqualTo("Votre lien de connexion"));
    }

    [Test]
    public async Task A_server_that_took_the_letter_but_did_not_say_so_gets_it_again_under_the_same_message_id()
    {
        var booking = Guid.CreateVersion7();
        Smtp.HangUpAfterNext();
        await SayAsync(Samples.Contact(booking));
        await SayAsync(Samples.Confirmed(booking));
        var letters = await LettersAsync(booking, 2);
        Assert.That(letters.Select(letter => letter.MessageId).Distinct().ToList(), Has.Count.EqualTo(1));
        await MailAsync(booking, "confirmed", "sent");
        Assert.That(Of(booking), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Two_workers_send_each_letter_once()
    {
        await using var replica = await ServiceUnderTest<Program>.StartAsync("notifications", Settings(Smtp.Port), App.ConnectionString, App.BrokerUri);
        var bookings = Enumerable.Range(0, 60).Select(_ => Guid.CreateVersion7()).ToList();
        await Task.WhenAll(bookings.Select(booking => SayAsync(Samples.Confirmed(booking))));
        await Task.WhenAll(bookings.Select(booking => SayAsync(Samples.Contact(booking))));
        foreach (var booking in bookings)
        {
            await MailAsync(booking, "confirmed", "sent");
        }

        Assert.That(bookings.Select(booking => Of(booking).Count), Is.All.EqualTo(1));
        Assert.That(await WithDb(db => db.Mails.Where(mail => bookings.Contains(mail.BookingId!.Value)).SumAsync(mail => mail.Attempts)), Is.EqualTo(60));
    }

    [Test]
    public async Task Letters_of_one_booking_keep_their_order_when_the_first_has_to_wait()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Unplaceable(booking));
        await SayAsync(Samples.Refund(booking, "unplaceable"));
        Smtp.RefuseNext(1);
        await SayAsync(Samples.Contact(booking));
        var letters = await LettersAsync(booking, 2);
        Assert.That(letters.Select(letter => letter.Subject), Is.EqualTo(new[] { "Your payment came too late and goes back to you", "Your refund is on its way" }));
    }

    [Test]
    public async Task A_held_time_is_mailed_once_and_not_after_the_booking_is_confirmed()
    {
        var (early, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await SayAsync(Samples.Contact(early));
        await SayAsync(Samples.Deposit(early));
        await LettersAsync(early);
        await SayAsync(Samples.Deposit(early, fence: 2));
        await SayAsync(Samples.Deposit(late));
        await SayAsync(Samples.Confirmed(late));
        await SayAsync(Samples.Deposit(late, fence: 2));
        await SayAsync(Samples.Contact(late));

        Assert.That((await LettersAsync(late)).Single().Subject, Does.StartWith(Samples.Procedure));
        Assert.That((await MailAsync(late, "hold", "dropped")).LastError, Is.EqualTo("superseded"));
        Assert.That(Of(early), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_code_that_ran_out_is_not_sent()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Code(booking) with { ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(-1) });
        await SayAsync(Samples.Contact(booking));
        await SayAsync(Samples.Code(booking));
        var letters = await LettersAsync(booking);
        Assert.That(letters, Has.Count.EqualTo(1));
        await WithDb(async db =>
        {
            var mails = await db.Mails.AsNoTracking().Where(mail => mail.BookingId == booking).OrderBy(mail => mail.Seq).ToListAsync();
            Assert.That(mails[0].LastError, Is.EqualTo("expired"));
            return mails;
        });
    }

    [Test]
    public async Task Nothing_secret_is_kept_once_a_letter_is_sent_and_the_operator_never_sees_it()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Contact(booking));
        await SayAsync(Samples.Code(booking));
        await LettersAsync(booking);
        var sent = await MailAsync(booking, "code", "sent");
        Assert.That((sent.Payload, sent.SealedPayload), Is.EqualTo(((string?)null, (byte[]?)null)));

        using var client = App.ClientFor(App.Tokens.For(sub: "op", org: Guid.NewGuid(), orgKind: "operator"));
        var page = await client.GetStringAsync("/operator/mails?state=sent");
        Assert.That(page, Does.Contain(booking.ToString()).And.Not.Contain("482913").And.Not.Contain("patients.example").And.Not.Contain("Aigerim"));
        using var anonymous = await App.Client.GetAsync(new Uri("/operator/mails", UriKind.Relative));
        using var clinicClient = App.ClientFor(App.Tokens.For(sub: "c", org: Guid.NewGuid(), orgKind: "clinic"));
        using var clinic = await clinicClient.GetAsync(new Uri("/operator/mails", UriKind.Relative));
        Assert.That((anonymous.StatusCode, clinic.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden)));
    }

    [Test]
    public async Task A_letter_dies_after_twenty_tries_and_an_operator_revives_it()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Refund(booking));
        await WithDb(db => db.Database.ExecuteSqlAsync($"UPDATE mails SET attempts = 19 WHERE booking_id = {booking}"));
        Smtp.RefuseNext(1);
        await SayAsync(Samples.Contact(booking));
        var dead = await MailAsync(booking, "refunded", "dead");
        Assert.That((dead.Attempts, Of(booking).Count), Is.EqualTo((20, 0)));

        using var client = App.ClientFor(App.Tokens.For(sub: "op", org: Guid.NewGuid(), orgKind: "operator"));
        using var revived = await client.PostAsync(new Uri($"/operator/mails/{dead.Id}/retry", UriKind.Relative), null);
        using var again = await client.PostAsync(new Uri($"/operator/mails/{dead.Id}/retry", UriKind.Relative), null);
        Assert.That((revived.StatusCode, again.StatusCode), Is.EqualTo((HttpStatusCode.NoContent, HttpStatusCode.Conflict)));
        Assert.That(await LettersAsync(booking), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_model_agrees_with_the_schema() => Assert.That(await WithDb(SchemaAgreement.Check), Is.GreaterThan(30));
}
