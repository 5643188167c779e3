using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Availability;

/// <summary>What a process keeps of calendars and terms is never older than the database.</summary>
public sealed class KnownCalendarsTests
{
    private const string OfCenter = "SELECT id FROM resources WHERE center_id = $1";

    [TestCase("hours change", $"UPDATE weekly_hours SET from_local = '09:00' WHERE resource_id IN ({OfCenter})", new[] { "09:00", "10:00" })]
    [TestCase("hours are taken away", $"DELETE FROM weekly_hours WHERE resource_id IN ({OfCenter})", new string[0])]
    [TestCase("hours are added", $"INSERT INTO weekly_hours (resource_id, weekday, from_local, to_local) SELECT id, day, '06:00', '07:00' FROM resources, generate_series(1, 7) day WHERE center_id = $1", new[] { "06:00", "08:00" })]
    [TestCase("a machine fails", "UPDATE resources SET status = 'closed' WHERE center_id = $1", new string[0])]
    [TestCase("a machine's steps change", "UPDATE resources SET slot_minutes = 30 WHERE center_id = $1", new[] { "08:00", "08:30" })]
    [TestCase("the center closes", "INSERT INTO calendar_exceptions (id, center_id, from_at, to_at, kind) SELECT gen_random_uuid(), $1, now(), now() + interval '20 days', 'closed'", new string[0])]
    public async Task A_change_is_seen_in_the_next_answer(string what, string sql, string[] first)
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        Assert.That((await FirstAsync(market))[..2], Is.EqualTo(new[] { "08:00", "09:00" }));
        await Market.ScalarAsync(sql, market.CenterId);
        Assert.That((await FirstAsync(market)).Take(2), Is.EqualTo(first), what);
    }

    [Test]
    public async Task An_exception_that_is_moved_or_taken_back_is_seen_in_the_next_answer()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        await Market.ScalarAsync("INSERT INTO calendar_exceptions (id, center_id, from_at, to_at, kind) SELECT gen_random_uuid(), $1, now(), now() + interval '20 days', 'closed'", market.CenterId);
        Assert.That(await FirstAsync(market), Is.Empty);
        await Market.ScalarAsync("UPDATE calendar_exceptions SET from_at = from_at + interval '19 days' WHERE center_id = $1", market.CenterId);
        Assert.That(await FirstAsync(market), Has.Length.EqualTo(10));
        await Market.ScalarAsync("UPDATE calendar_exceptions SET from_at = from_at - interval '19 days' WHERE center_id = $1", market.CenterId);
        Assert.That(await FirstAsync(market), Is.Empty);
        await Market.ScalarAsync("DELETE FROM calendar_exceptions WHERE center_id = $1", market.CenterId);
        Assert.That(await FirstAsync(market), Has.Length.EqualTo(10));
    }

    [Test]
    public async Task New_terms_are_seen_in_the_next_answer()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        Assert.That(await FirstAsync(market), Has.Length.EqualTo(10));
        await market.TellOfferAsync(Market.OneMachine, 2, minutes: 180);
        await Eventually.That(async () => await market.CountAsync("SELECT version FROM offer_terms WHERE offer_id = $1", market.OfferId) == 2, "The offer did not change.");
        Assert.That(await FirstAsync(market), Has.Length.EqualTo(8));
    }

    [Test]
    public async Task A_holiday_is_seen_in_the_next_answer()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        var day = DateOnly.FromDateTime(Market.At(150).AddHours(5).DateTime); // far from the days other tests ask about
        Assert.That(await FirstAsync(market, day), Is.Not.Empty);
        await Market.ScalarAsync("INSERT INTO public_holidays VALUES ('KZ', $1, 'test', false, 'test')", day);
        try
        {
            Assert.That(await FirstAsync(market, day), Is.Empty);
        }
        finally
        {
            await Market.ScalarAsync("DELETE FROM public_holidays WHERE country = 'KZ' AND date = $1", day);
        }

        Assert.That(await FirstAsync(market, day), Is.Not.Empty);
    }

    [Test]
    public async Task Two_who_change_one_calendar_at_once_both_succeed_and_each_is_seen()
    {
        var market = await Market.OpenAsync(lanes: 2, minutes: 60, slot: 60);
        await FirstAsync(market);
        await Task.WhenAll(Enumerable.Range(0, 2).SelectMany(lane => Enumerable.Range(0, 10).Select(n => Market.ScalarAsync(
            """
            UPDATE weekly_hours SET from_local = $3
            WHERE resource_id = (SELECT id FROM resources WHERE center_id = $1 ORDER BY lane OFFSET $2 LIMIT 1)
            """,
            market.CenterId, lane, new TimeOnly(9 + lane, 0, n)))));
        Assert.That((await FirstAsync(market))[0], Does.StartWith("09:00"));
        await Market.ScalarAsync($"UPDATE weekly_hours SET from_local = '11:00' WHERE resource_id IN ({OfCenter})", market.CenterId);
        Assert.That((await FirstAsync(market))[0], Is.EqualTo("11:00"));
    }

    private static async Task<string[]> FirstAsync(Market market, DateOnly? day = null)
    {
        var date = day ?? DateOnly.FromDateTime(Market.At(5).AddHours(5).DateTime);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&from={date:yyyy-MM-dd}&days=1");
        return [.. answer.GetProperty("days")[0].GetProperty("starts").EnumerateArray().Select(start => start.GetProperty("localTime").GetString()!)];
    }
}
