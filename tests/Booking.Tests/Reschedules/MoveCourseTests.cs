using System.Net;
using System.Text.Json;
using MedTourism.Booking.Tests.Courses;
using MedTourism.Booking.Tests.Waitlist;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Reschedules;

public sealed class MoveCourseTests
{
    [Test]
    public async Task A_course_moves_whole_and_keeps_its_sessions_and_its_price()
    {
        var market = await Courses.Clinic.OpenAsync();
        var (guest, booking) = await PaidAsync(market);
        var before = await guest.ShowAsync(booking);
        Assert.That((await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/reschedule", key: booking.Hold.Key)).Body.GetProperty("allowed").GetBoolean(), Is.True);
        var options = await OptionsAsync(guest, booking, Market.At(40));
        Assert.That(options, Has.Count.GreaterThan(1));

        var moved = await MoveAsync(guest, booking, options[0]);
        Assert.That(moved.Status, Is.EqualTo(HttpStatusCode.OK), moved.Body.ToString());
        Assert.That(Starts(moved.Body), Is.EqualTo(Starts(options[0])));
        Assert.That(moved.Body.GetProperty("price").ToString(), Is.EqualTo(before.Body.GetProperty("price").ToString()));
        var told = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == booking.Id);
        var confirmed = await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That(told.Sessions.Select(x => (x.SessionId, x.Number, x.Sequence)), Is.EqualTo(confirmed.Sessions!.Select(x => (x.SessionId, x.Number, x.Sequence + 1))));
        Assert.That((told.Moved.Length, told.Reason, told.Start), Is.EqualTo((10, "patient", Starts(options[0])[0])));
        Assert.That(await AgreesAsync(market, booking), Is.EqualTo(10));
        Assert.That((await MoveAsync(guest, booking, options[0])).Slug, Is.EqualTo("invalid-fields"), "it is there already");
    }

    [Test]
    public async Task A_course_that_meets_someone_elses_session_stays_where_it_was()
    {
        var market = await Courses.Clinic.OpenAsync();
        var (guest, booking) = await PaidAsync(market);
        var before = await guest.ShowAsync(booking);
        var option = (await OptionsAsync(guest, booking, Market.At(40)))[0];
        await Market.ScalarAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '10 minutes', 'blocked', 'Quality assurance' FROM resources WHERE center_id = $1
            """,
            market.CenterId, Starts(option)[7]);
        var refused = await MoveAsync(guest, booking, option);
        Assert.That((refused.Status, refused.Slug), Is.EqualTo((HttpStatusCode.Conflict, "time-taken")));
        var lost = refused.Body.GetProperty("lost").EnumerateArray().Single();
        Assert.That(lost.GetProperty("number").GetInt32(), Is.EqualTo(8));
        Assert.That(lost.GetProperty("reasons").ToString(), Does.Contain("Quality assurance"));
        Assert.That(Starts((await guest.ShowAsync(booking)).Body), Is.EqualTo(Starts(before.Body)));
        Assert.That(await AgreesAsync(market, booking), Is.EqualTo(10));
        Assert.That((await guest.SendAsync(
            HttpMethod.Post, $"/bookings/{booking.Id}/reschedule", new { start = Market.At(41), expectedDifferenceMinor = 0 }, booking.Hold.Key)).Slug, Is.EqualTo("invalid-fields"));
        Assert.That((await guest.SendAsync(
            HttpMethod.Post, $"/bookings/{booking.Id}/reschedule", new { optionId = Guid.NewGuid(), expectedDifferenceMinor = 0 }, booking.Hold.Key)).Slug, Is.EqualTo("option-unknown"));
    }

    [Test]
    public async Task Of_many_moves_and_a_cancel_at_once_each_session_has_its_time_once_or_not_at_all()
    {
        var market = await Courses.Clinic.OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            var (guest, booking) = await PaidAsync(market);
            var options = await OptionsAsync(guest, booking, Market.At(30));
            var cancelling = round == 2;
            var moves = options.Take(4).Select(option => MoveAsync(guest, booking, option)).ToList();
            var cancel = cancelling ? guest.CancelAsync(booking, Market.Deposit) : null;
            var replies = await Task.WhenAll(moves);
            if (cancel is not null)
            {
                Assert.That((await cancel).Status, Is.EqualTo(HttpStatusCode.OK));
                Assert.That(await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1", booking.Id), Is.Zero);
                continue;
            }

            Assert.That(replies.Count(x => x.Status == HttpStatusCode.OK), Is.GreaterThan(0), string.Join(' ', replies.Select(x => x.Slug)));
            Assert.That(replies.Where(x => x.Status != HttpStatusCode.OK).Select(x => x.Slug), Is.All.EqualTo("booking-changed").Or.EqualTo("not-reschedulable"));
            Assert.That(await AgreesAsync(market, booking), Is.EqualTo(10));
        }
    }

    private static async Task<(Guest Guest, Placed Booking)> PaidAsync(Market market)
    {
        var (guest, plan) = (Market.NewGuest(), await Courses.Clinic.IssueAsync(market));
        var booking = await guest.PlaceAsync(await guest.HoldCourseAsync(plan, new { firstDayFrom = Waiting.Date(Market.At(10)) }));
        await Steps.PayAsync(booking);
        return (guest, booking);
    }

    private static async Task<List<JsonElement>> OptionsAsync(Guest guest, Placed booking, DateTimeOffset from)
    {
        var reply = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/reschedule/options?from={Waiting.Date(from)}", key: booking.Hold.Key);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        return [.. reply.Body.GetProperty("courses").GetProperty("options").EnumerateArray()];
    }

    private static Task<Reply> MoveAsync(Guest guest, Placed booking, JsonElement option) => guest.SendAsync(
        HttpMethod.Post, $"/bookings/{booking.Id}/reschedule",
        new { optionId = option.GetProperty("optionId").GetGuid(), expectedDifferenceMinor = 0 }, booking.Hold.Key);

    private static List<DateTimeOffset> Starts(JsonElement body) =>
        [.. body.GetProperty("sessions").EnumerateArray().Select(x => x.GetProperty("start").GetDateTimeOffset().ToUniversalTime())];

    /// <summary>How many sessions have exactly their time, and no time is left over.</summary>
    private static async Task<long> AgreesAsync(Market market, Placed booking)
    {
        var all = await market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1", booking.Id);
        var right = await market.CountAsync(
            """
            SELECT count(*) FROM allocations a JOIN sessions s ON s.id = a.session_id
            WHERE a.booking_id = $1 AND a.starts_at = s.starts_at AND a.ends_at = s.ends_at AND a.resource_id = ANY(s.resource_ids) AND s.state = 'booked'
            """,
            booking.Id);
        return all == right ? right : -1;
    }
}
