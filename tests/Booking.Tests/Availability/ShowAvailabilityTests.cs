using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MedTourism.Booking.Tests.Availability;

public sealed class ShowAvailabilityTests
{
    [Test]
    public async Task Ten_days_are_shown_in_the_centers_time_with_the_next_day_after_them()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&days=10");
        var days = answer.GetProperty("days").EnumerateArray().ToList();
        Assert.That(days, Has.Count.EqualTo(10));
        Assert.That(answer.GetProperty("timeZone").GetString(), Is.EqualTo(Market.Zone));
        foreach (var day in days.Skip(1))
        {
            var weekend = day.GetProperty("date").GetDateTime().DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            Assert.That(
                day.GetProperty("starts").EnumerateArray().Select(x => x.GetProperty("localTime").GetString()),
                weekend ? Is.Empty : Is.EqualTo(new[] { "08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00" }));
        }

        var next = answer.GetProperty("nextDate").GetDateTime();
        Assert.That(next, Is.GreaterThan(days[^1].GetProperty("date").GetDateTime()));
        Assert.That(next.DayOfWeek, Is.Not.EqualTo(DayOfWeek.Saturday).And.Not.EqualTo(DayOfWeek.Sunday));
    }

    [Test]
    public async Task Nothing_is_offered_within_two_hours_or_in_the_past()
    {
        var market = await Market.OpenAsync(slot: 5, minutes: 5);
        await Market.ScalarAsync(
            """
            WITH gone AS (DELETE FROM weekly_hours WHERE resource_id IN (SELECT id FROM resources WHERE center_id = $1))
            INSERT INTO weekly_hours (resource_id, weekday, from_local, to_local) SELECT id, day, '00:00', '00:00' FROM resources, generate_series(1, 7) AS day WHERE center_id = $1
            """,
            market.CenterId);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&from=2020-01-01&days=2");
        var first = answer.GetProperty("days").EnumerateArray().SelectMany(x => x.GetProperty("starts").EnumerateArray()).First().GetProperty("start").GetDateTimeOffset();
        Assert.That(first - Market.Now, Is.GreaterThan(TimeSpan.FromMinutes(119)).And.LessThan(TimeSpan.FromMinutes(126)));
    }

    [Test]
    public async Task Closures_openings_and_a_center_that_is_shut_are_seen()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        var (day, other) = (Market.At(3), Market.At(4));
        await ExceptionAsync(market, "closed", Market.At(3, "09:00"), Market.At(3, "12:30"), wholeCenter: false);
        await ExceptionAsync(market, "closed", Market.At(4, "00:00"), Market.At(4, "23:00"), wholeCenter: true);
        await ExceptionAsync(market, "open", Market.At(3, "19:15"), Market.At(3, "21:00"), wholeCenter: true);
        Assert.That(await market.FreeAsync(day), Is.EqualTo(new[] { "08:00", "13:00", "14:00", "15:00", "16:00", "17:00", "19:15" }.Select(time => Market.At(3, time))));
        Assert.That(await market.FreeAsync(other), Is.Empty);
        Assert.That((await Market.NewGuest().TryHoldAsync(market, Market.At(3, "19:15"))).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task The_next_starts_of_many_offers_come_in_one_answer_without_the_unknown_ones()
    {
        var (one, two, reviewed) = (await Market.OpenAsync(), await Market.OpenAsync(lanes: 2), await Market.OpenAsync(mode: "case-review"));
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={one.OfferId},{Guid.NewGuid()},{two.OfferId},{reviewed.OfferId}&count=3");
        var list = answer.EnumerateArray().ToList();
        Assert.That(list.Select(x => x.GetProperty("offerId").GetGuid()), Is.EqualTo(new[] { one.OfferId, two.OfferId, reviewed.OfferId }));
        Assert.That(list.Select(x => x.GetProperty("starts").GetArrayLength()), Is.EqualTo(new[] { 3, 3, 0 }));

        // What is said first can be held, and is then no longer said.
        var first = list[0].GetProperty("starts")[0].GetProperty("start").GetDateTimeOffset();
        await Market.NewGuest().HoldAsync(one, first);
        var again = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={one.OfferId}&count=1");
        Assert.That(again[0].GetProperty("starts")[0].GetProperty("start").GetDateTimeOffset(), Is.GreaterThan(first));
    }

    [Test]
    public async Task A_far_first_free_day_is_found()
    {
        var market = await Market.OpenAsync();
        await ExceptionAsync(market, "closed", Market.Now.AddDays(-1), Market.At(25, "00:00"), wholeCenter: true);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={market.OfferId}&count=1");
        Assert.That(answer[0].GetProperty("starts")[0].GetProperty("start").GetDateTimeOffset(), Is.EqualTo(Market.At(25, "08:00")));
    }

    [Test]
    public async Task The_next_day_is_found_beyond_the_days_that_are_read_along()
    {
        var market = await Market.OpenAsync();
        await ExceptionAsync(market, "closed", Market.At(2, "00:00"), Market.At(20, "00:00"), wholeCenter: true);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&days=5");
        Assert.That(answer.GetProperty("nextDate").GetString(), Is.EqualTo(Market.At(20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        await ExceptionAsync(market, "closed", Market.At(20, "00:00"), Market.At(200, "00:00"), wholeCenter: true);
        answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&days=5");
        Assert.That(answer.GetProperty("nextDate").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("from=0001-01-01")]
    [TestCase("from=1999-12-31&days=1")]
    [TestCase("days=-5")]
    public async Task A_window_that_is_past_or_empty_begins_today(string query)
    {
        var market = await Market.OpenAsync();
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&{query}");
        Assert.That(answer.GetProperty("from").GetString(), Is.EqualTo(
            TimeZoneInfo.ConvertTime(Market.Now, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        var last = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/availability?offer={market.OfferId}&from=9999-12-31&days=42");
        Assert.That((last.Status, last.Slug), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "invalid-fields")));
    }

    [TestCase("/availability?offer=11111111-1111-1111-1111-111111111111", 404, "offer-unknown")]
    [TestCase("/availability?offer=nonsense", 400, "malformed-request")]
    [TestCase("/availability", 400, "malformed-request")]
    [TestCase("/availability/next?offers=nonsense", 422, "invalid-fields")]
    [TestCase("/availability/next?offers=,", 422, "invalid-fields")]
    public async Task Wrong_questions_are_refused(string path, int status, string slug)
    {
        var reply = await Market.NewGuest().SendAsync(HttpMethod.Get, path);
        Assert.That(((int)reply.Status, reply.Slug), Is.EqualTo((status, slug)));
    }

    private static Task<object?> ExceptionAsync(Market market, string kind, DateTimeOffset from, DateTimeOffset to, bool wholeCenter) => Market.ScalarAsync(
        """
        INSERT INTO calendar_exceptions (id, center_id, resource_id, from_at, to_at, kind, reason)
        SELECT gen_random_uuid(), $1, CASE WHEN $2 THEN NULL ELSE id END, $3, $4, $5, 'test' FROM resources WHERE center_id = $1
        """,
        market.CenterId, wholeCenter, from, to, kind);
}
