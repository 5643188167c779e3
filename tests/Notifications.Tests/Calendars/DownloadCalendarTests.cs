using System.Net;
using MedTourism.Contracts.Booking;
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

    [Test]
    public async Task Every_session_of_a_course_has_an_event_that_keeps_its_uid_when_it_moves_and_when_all_is_cancelled()
    {
        var (booking, ids) = (Guid.CreateVersion7(), new[] { Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7() });
        await SayAsync(Samples.Contact(booking));
        await SayAsync(Samples.Confirmed(booking, 1) with { Sessions = Samples.Course(ids) });
        var first = await IcalJs.ReadAsync([await GetAsync(booking)]);
        Assert.That(first.Select(x => (x.Uid, x.Sequence, x.Status, x.Summary)), Is.EqualTo(ids.Select((id, i) => ($"{id}@medtourism", 0, "CONFIRMED", $"{Samples.Procedure} · {i + 1}/3"))));
        Assert.That(first.Select(x => (x.Start, x.End)), Is.EqualTo(ids.Select((_, i) => (Samples.Start.AddDays(i), Samples.Start.AddDays(i).AddHours(1)))));

        await SayAsync(Samples.Rescheduled(booking, Samples.Course(ids, 1, daysLater: 7)));
        var moved = await IcalJs.ReadAsync([await GetAsync(booking)]);
        Assert.That(moved.Select(x => (x.Uid, x.Sequence, x.Start)), Is.EqualTo(ids.Select((id, i) => ($"{id}@medtourism", 1, Samples.Start.AddDays(i + 7)))));

        await SayAsync(Samples.Cancelled(booking, 3) with { Sessions = Samples.Course(ids, 2, "cancelled", 7) });
        var cancelled = await IcalJs.ReadAsync([await GetAsync(booking)]);
        Assert.That(cancelled.Select(x => (x.Uid, x.Sequence, x.Status, x.Alarm)), Is.EqualTo(ids.Select(id => ($"{id}@medtourism", 2, "CANCELLED", (string?)null))));

        await SayAsync(Samples.Rescheduled(booking, Samples.Course(ids, 1, daysLater: 9)));
        Assert.That(await IcalJs.ReadAsync([await GetAsync(booking)]), Is.EqualTo(cancelled), "late news changes nothing");
        await MailAsync(booking, "cancelled", "sent");
        Assert.That(await IcalJs.ReadAsync([Of(booking)[^1].Calendar!.Content]), Is.EqualTo(cancelled), "the letter has the same events");
    }

    [Test]
    public async Task A_visit_keeps_its_reference_as_uid_and_a_cancellation_that_names_no_sessions_cancels_those_that_are_known()
    {
        var (visit, course, ids) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new[] { Guid.CreateVersion7(), Guid.CreateVersion7() });
        await SayAsync(Samples.Confirmed(visit, 1) with { Sessions = [new BookedSession(visit, 1, "visit", Samples.Start, Samples.Start.AddHours(2), "booked", 0)] });
        var told = (await IcalJs.ReadAsync([await GetAsync(visit)])).Single();
        Assert.That((told.Uid, told.Sequence, told.Start, told.End), Is.EqualTo(("KZ-4F7Q-92@medtourism", 1, Samples.Start, Samples.Start.AddHours(2))));

        await SayAsync(Samples.Confirmed(course, 1) with { Sessions = Samples.Course(ids) });
        await SayAsync(Samples.Cancelled(course, 2));
        var cancelled = await IcalJs.ReadAsync([await GetAsync(course)]);
        Assert.That(cancelled.Select(x => (x.Uid, x.Sequence, x.Status)), Is.EqualTo(ids.Select(id => ($"{id}@medtourism", 1, "CANCELLED"))));
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
