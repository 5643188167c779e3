using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Contracts.Booking;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Booking.Tests.Availability;

public sealed class AnnounceDaysTests
{
    [Test]
    public async Task Free_days_are_told_once_and_again_when_one_is_taken_whole()
    {
        var market = await Market.OpenAsync();
        await LookAsync();
        var days = (await Steps.HeardAsync<OfferDaysChanged>(x => x.OfferId == market.OfferId)).Days;
        var (taken, next) = (Day(Market.At(5)), Day(Market.At(6)));
        Assert.That(days, Is.Ordered.And.Contains(taken).And.Contains(next));
        Assert.That(days.Where(day => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday), Is.Empty, "the machine does not work then");
        Assert.That(days[^1].DayNumber - Day(Market.Now).DayNumber, Is.InRange(AnnounceDays.Days - 4, AnnounceDays.Days + 1));

        var since = await ToldAsync(market.OfferId);
        await LookAsync();
        Assert.That(await ToldAsync(market.OfferId), Is.EqualTo(since), "nothing changed");

        await Market.ScalarAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '14 hours', 'blocked', 'test' FROM resources WHERE center_id = $1
            """,
            market.CenterId, Market.At(5, "06:00"));
        await LookAsync();
        var later = await Steps.HeardAsync<OfferDaysChanged>(x => x.OfferId == market.OfferId && x.AsOf > since);
        Assert.That(later.Days, Is.EqualTo(days.Where(day => day != taken)));
    }

    [Test]
    public async Task What_is_not_sold_any_more_has_no_days()
    {
        var market = await Market.OpenAsync();
        await LookAsync();
        await Market.ScalarAsync("INSERT INTO offer_withdrawals (offer_id, version, withdrawn_at) SELECT offer_id, version, now() FROM offer_terms WHERE offer_id = $1", market.OfferId);
        await LookAsync();
        Assert.That((await Steps.HeardAsync<OfferDaysChanged>(x => x.OfferId == market.OfferId && x.Days.Length == 0)).Days, Is.Empty);
    }

    [Test]
    public async Task An_offer_that_cannot_be_worked_out_keeps_no_other_untold()
    {
        var (before, broken, after) = (await Market.OpenAsync(), await Market.OpenAsync(), await Market.OpenAsync());
        Assert.That(new[] { before, broken, after }.Select(market => $"{market.OfferId}"), Is.Ordered, "they are looked at in this order");
        await Market.ScalarAsync("UPDATE offer_terms SET time_zone = 'Nowhere/At_All' WHERE offer_id = $1", broken.OfferId);
        try
        {
            var failure = Assert.ThrowsAsync<AggregateException>(LookAsync);
            Assert.That(failure.InnerExceptions, Has.Count.EqualTo(1).And.All.InstanceOf<TimeZoneNotFoundException>(), "it is not passed over in silence");
            foreach (var good in new[] { before, after })
            {
                Assert.That((await Steps.HeardAsync<OfferDaysChanged>(x => x.OfferId == good.OfferId)).Days, Is.Not.Empty);
            }
        }
        finally
        {
            await Market.ScalarAsync("UPDATE offer_terms SET time_zone = $2 WHERE offer_id = $1", broken.OfferId, Market.Zone);
        }

        await LookAsync();
        Assert.That((await Steps.HeardAsync<OfferDaysChanged>(x => x.OfferId == broken.OfferId)).Days, Is.Not.Empty, "repaired, it is told too");
    }

    [Test]
    public async Task Of_two_looks_at_once_one_tells_and_an_older_one_tells_nothing()
    {
        var (offer, now) = (Guid.CreateVersion7(), Market.Now);
        DateOnly[] days = [Day(now), Day(now).AddDays(1)];
        Assert.That((await Task.WhenAll(TellAsync(offer, days, now), TellAsync(offer, days, now))).Count(told => told), Is.EqualTo(1));
        Assert.That(await TellAsync(offer, [Day(now)], now.AddSeconds(-5)), Is.False, "an older look");
        Assert.That(await TellAsync(offer, days, now.AddSeconds(5)), Is.False, "the same days");
        Assert.That(await TellAsync(offer, [Day(now)], now.AddSeconds(5)), Is.True);
    }

    [Test]
    public async Task The_next_starts_are_asked_for_from_a_day_on()
    {
        var (market, from) = (await Market.OpenAsync(), Day(Market.At(12)));
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={market.OfferId}&count=1&from={from:yyyy-MM-dd}");
        Assert.That(answer[0].GetProperty("starts")[0].GetProperty("start").GetDateTimeOffset(), Is.EqualTo(Market.At(12, "08:00")));
        var tooFar = await Market.NewGuest().SendAsync(HttpMethod.Get, $"/availability/next?offers={market.OfferId}&from=2999-01-01");
        Assert.That(tooFar.Slug, Is.EqualTo("invalid-fields"));
        var longAgo = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability/next?offers={market.OfferId}&count=1&from=0001-01-01");
        Assert.That(longAgo[0].GetProperty("starts")[0].GetProperty("start").GetDateTimeOffset(), Is.GreaterThan(Market.Now), "what is past means from now on");
    }

    private static Task<int> LookAsync() =>
        AnnounceDays.RunOnceAsync(Running.App.Services.GetRequiredService<IServiceScopeFactory>(), Running.App.Services.GetRequiredService<NpgsqlDataSource>(), CancellationToken.None);

    private static async Task<bool> TellAsync(Guid offer, DateOnly[] days, DateTimeOffset asOf)
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await AnnounceDays.TellAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), offer, days, asOf, CancellationToken.None);
    }

    private static async Task<DateTimeOffset> ToldAsync(Guid offer) =>
        new((DateTime)(await Market.ScalarAsync("SELECT as_of FROM announced_days WHERE offer_id = $1", offer))!, TimeSpan.Zero);

    private static DateOnly Day(DateTimeOffset moment) => LocalTime.DateOf(moment, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone));
}
