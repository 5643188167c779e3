using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Tests.Offers;

/// <summary>Booking tells on which days an offer has free starts; a search is ordered by the first of them.</summary>
public sealed class OfferDaysTests
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Test]
    public async Task The_offer_with_the_earliest_day_comes_first_and_those_without_days_last()
    {
        var offers = await OffersAsync("PET");
        var (soon, late) = (offers[^1], offers[0]);
        await TellAsync(soon, [Today.AddDays(3), Today.AddDays(40)], seconds: 0);
        await TellAsync(late, [Today.AddDays(9)], seconds: 0);
        var found = await OffersAsync("PET", "&sort=earliest");
        Assert.That(found.Take(2), Is.EqualTo(new[] { soon, late }));
        Assert.That(found, Is.EquivalentTo(offers), "none is left out");

        // Who can come only later sees who has time then.
        Assert.That((await OffersAsync("PET", $"&sort=earliest&from={Today.AddDays(5):yyyy-MM-dd}")).Take(2), Is.EqualTo(new[] { late, soon }));
    }

    [Test]
    public async Task A_message_that_was_overtaken_changes_nothing()
    {
        var offer = Guid.CreateVersion7();
        await TellAsync(offer, [Today.AddDays(2)], seconds: 10);
        await Running.App.PublishAsync(new OfferDaysChanged(offer, [Today.AddDays(1)], TimeProvider.System.GetUtcNow()));
        await TellAsync(Guid.CreateVersion7(), [Today], seconds: 0); // behind it in the queue
        Assert.That(await IsKeptAsync(offer, [Today.AddDays(2)]), Is.True);
    }

    [TestCase("sort=soonest", "sort"), TestCase("from=tomorrow", "from")]
    public async Task What_is_not_understood_is_named(string query, string field)
    {
        var problem = await Running.App.GetJsonAsync($"/offers?{query}", HttpStatusCode.UnprocessableEntity);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(new[] { field }));
    }

    private static async Task TellAsync(Guid offer, DateOnly[] days, int seconds)
    {
        var asOf = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        await Running.App.PublishAsync(new OfferDaysChanged(offer, days, asOf));
        await Eventually.That(() => IsKeptAsync(offer, days), "The days were not kept.");
    }

    private static Task<bool> IsKeptAsync(Guid offer, DateOnly[] days) => Running.App.InDatabaseAsync(
        db => db.Database.SqlQuery<bool>($"""SELECT EXISTS (SELECT FROM offer_days WHERE offer_id = {offer} AND days = {days}) AS "Value" """).SingleAsync());

    private static async Task<Guid[]> OffersAsync(string words, string more = "") =>
        [.. (await Running.App.SearchAsync(words, more)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];
}
