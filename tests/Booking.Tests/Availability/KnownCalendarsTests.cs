using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Booking.Availability;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

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

    [TestCase("hours change", $"UPDATE weekly_hours SET from_local = '09:00' WHERE resource_id IN ({OfCenter})", new[] { "09:00", "10:00" })]
    [TestCase("hours are taken away", $"DELETE FROM weekly_hours WHERE resource_id IN ({OfCenter})", new string[0])]
    [TestCase("a machine fails", "UPDATE resources SET status = 'closed' WHERE center_id = $1", new string[0])]
    [TestCase("the center closes", "INSERT INTO calendar_exceptions (id, center_id, from_at, to_at, kind) SELECT gen_random_uuid(), $1, now(), now() + interval '400 days', 'closed'", new string[0])]
    public async Task A_change_is_seen_in_the_next_list_of_several_centers(string what, string sql, string[] next)
    {
        var (changed, other) = (await Market.OpenAsync(minutes: 60, slot: 60), await Market.OpenAsync(minutes: 60, slot: 60));
        var before = await NextAsync(changed, other);
        Assert.That((before[changed.OfferId], before[other.OfferId]), Is.EqualTo((new[] { "08:00", "09:00" }, new[] { "08:00", "09:00" })));
        await Market.ScalarAsync(sql, changed.CenterId);
        var after = await NextAsync(changed, other);
        Assert.That(after[changed.OfferId], Is.EqualTo(next), what);
        Assert.That(after[other.OfferId], Is.EqualTo(before[other.OfferId]), "nothing changed there");
    }

    [Test]
    public async Task What_is_taken_is_seen_in_the_next_list_of_known_calendars()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        await NextAsync(market);
        await Market.ScalarAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '1 hour', 'blocked', 'test' FROM resources WHERE center_id = $1
            """,
            market.CenterId, Market.At(5, "08:00"));
        Assert.That((await NextAsync(market))[market.OfferId], Is.EqualTo(new[] { "09:00", "10:00" }));
    }

    [Test]
    public async Task All_offers_of_a_center_are_asked_of_one_calendar_until_it_changes()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        var first = await TimesAsync(market.OfferId);
        var second = await market.AnotherOfferAsync(minutes: 180);
        var times = await TimesAsync(second);
        Assert.That(times.Calendars, Is.SameAs(first.Calendars), "it was read for the other offer");
        Assert.That(times.Starts(Market.At(5, "00:00"), Market.At(6, "00:00")), Has.Count.EqualTo(8), "by its own terms");

        await Market.ScalarAsync($"UPDATE weekly_hours SET from_local = '09:00' WHERE resource_id IN ({OfCenter})", market.CenterId);
        var changed = await TimesAsync(second);
        Assert.That(changed.Calendars, Is.Not.SameAs(first.Calendars));
        Assert.That(changed.Starts(Market.At(5, "00:00"), Market.At(6, "00:00")), Has.Count.EqualTo(7));
        Assert.That((await TimesAsync(market.OfferId)).Calendars, Is.SameAs(changed.Calendars));

        await NextAsync(market);
        Assert.That((await TimesAsync(market.OfferId)).Calendars, Is.SameAs(changed.Calendars), "the list reads none either");
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

    private static async Task<OfferTimes> TimesAsync(Guid offer) =>
        (await OfferTimes.ReadAsync(Running.App.Services.GetRequiredService<NpgsqlDataSource>(), offer, Market.At(5, "00:00"), TimeSpan.FromDays(1), CancellationToken.None))!;

    /// <summary>The first two free times of each market's offer, from the fifth working day on.</summary>
    private static async Task<Dictionary<Guid, string[]>> NextAsync(params Market[] markets)
    {
        var date = DateOnly.FromDateTime(Market.At(5).AddHours(5).DateTime);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={string.Join(',', markets.Select(market => market.OfferId))}&from={date:yyyy-MM-dd}&count=2");
        return answer.EnumerateArray().ToDictionary(
            offer => offer.GetProperty("offerId").GetGuid(),
            offer => offer.GetProperty("starts").EnumerateArray().Select(start => start.GetProperty("localTime").GetString()!).ToArray());
    }

    private static async Task<string[]> FirstAsync(Market market, DateOnly? day = null)
    {
        var date = day ?? DateOnly.FromDateTime(Market.At(5).AddHours(5).DateTime);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={market.OfferId}&from={date:yyyy-MM-dd}&days=1");
        return [.. answer.GetProperty("days")[0].GetProperty("starts").EnumerateArray().Select(start => start.GetProperty("localTime").GetString()!)];
    }
}
