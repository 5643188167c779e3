using System.Net;
using MedTourism.Notifications.Tests.Support;

namespace MedTourism.Notifications.Tests.Calendars;

public sealed class DownloadCalendarTests : MailFixture
{
    [Test]
    public async Task The_latest_event_is_served_whatever_order_its_messages_came_in()
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Contact(booking, "fr"));
        await SayAsync(Samples.Cancelled(booking, sequence: 2));
        await SayAsync(Samples.Confirmed(booking, sequence: 1));

        var told = (await IcalJs.ReadAsync([await GetAsync(booking)])).Single();
        Assert.That((told.Status, told.Sequence, told.Summary, told.Location), Is.EqualTo(("CANCELLED", 2, "TEP-TDM corps entier", Samples.Center)));
        Assert.That((told.Method, told.Events, told.Start, told.Url), Is.EqualTo(("PUBLISH", 1, Samples.Start, $"https://emdeu.example/fr/booking/{booking}")));
        var letters = await LettersAsync(booking);
        Assert.That(letters.Single().Subject, Does.StartWith("Annulé"), "A confirmation that is already untrue is not sent.");
    }

    [TestCase(true)]
    [TestCase(null)]
    public async Task A_neutral_or_unknown_reader_is_told_neither_treatment_nor_center(bool? neutral)
    {
        var booking = Guid.CreateVersion7();
        await SayAsync(Samples.Confirmed(booking));
        if (neutral is { } wished)
        {
            await SayAsync(Samples.Contact(booking, "ru", wished));
        }

        var file = await GetAsync(booking);
        Assert.That((await IcalJs.ReadAsync([file])).Single().Summary, Is.EqualTo(neutral is null ? "Appointment" : "Приём"));
        Assert.That(file, Does.Not.Contain("PET").And.Not.Contain("ПЭТ").And.Not.Contain("Onco").And.Not.Contain("LOCATION"));
    }

    [Test]
    public async Task A_booking_that_is_not_confirmed_has_no_event()
    {
        using var response = await App.Client.GetAsync(new Uri($"/calendar/{Guid.NewGuid()}", UriKind.Relative));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task<string> GetAsync(Guid booking)
    {
        using var response = await App.Client.GetAsync(new Uri($"/calendar/{booking}", UriKind.Relative));
        Assert.That((response.StatusCode, response.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/calendar")));
        return await response.Content.ReadAsStringAsync();
    }
}
