using System.Net;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;

namespace MedTourism.Catalog.Tests.Announcements;

public sealed class RepublishTests
{
    [Test]
    public async Task Everything_is_told_again_under_the_versions_it_has()
    {
        await using var app = await Running.StartAsync(demo: true);
        await Eventually.That(() => app.Received<OfferPublished>().Count == 243, "The seed was not announced.");
        using var client = app.ClientFor(app.Tokens.For(sub: "operator-1", org: Guid.NewGuid(), orgKind: "operator", roles: ["admin"]));

        using var answer = await client.PostAsync(new Uri("/operator/republish", UriKind.Relative), null);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        await Eventually.That(
            () => app.Received<OfferPublished>().Count == 486 && app.Received<EquipmentStatusChanged>().Count == 96 && app.Received<PublicHolidayDeclared>().Count == 74
                && app.Received<EntryRuleDeclared>().Count == 78,
            "Not everything was told again.");
        Assert.That(app.Received<OfferPublished>().Select(offer => offer.Version), Is.All.EqualTo(1));
    }

    [Test]
    public async Task A_stranger_may_not_ask_for_it()
    {
        using var answer = await Running.App.Client.PostAsync(new Uri("/operator/republish", UriKind.Relative), null);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }
}
