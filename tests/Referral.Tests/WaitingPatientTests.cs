using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Referral;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Tests;

public sealed class WaitingPatientTests : ReferralFixture
{
    private static readonly DateOnly Today = Agreements.Agreement.DayOf(Now);

    [Test]
    public async Task A_waiting_patients_booking_earns_its_agency_the_terms_of_the_day_it_was_entered_once()
    {
        var agency = await NewAgencyAsync();
        await TermsAsync(agency, 8m, Today.AddDays(-200), Today.AddDays(-101));
        await TermsAsync(agency, 11m, Today.AddDays(-100), null);
        var placed = Entered(agency, Now.AddDays(-120));
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync(placed);
            await PublishAsync(Confirmed(placed));
        }

        var record = await RecordAsync(placed.BookingId, "pending");
        Assert.That((record.Source, record.AgencyId, record.LinkId, record.Code), Is.EqualTo(("waitlist", (Guid?)agency, (Guid?)null, "")));
        Assert.That((record.Percent, record.CommissionMinor), Is.EqualTo(((decimal?)8m, (long?)80_000L)), "the entry is older than 90 days, which end a link's touch only");
        Assert.That(record.TouchedAt, Is.EqualTo(placed.AgencySince!.Value).Within(TimeSpan.FromMilliseconds(1)));
        await QuietAsync();
        var attributed = App.Received<ReferralAttributed>().Where(said => said.BookingId == placed.BookingId).ToList();
        Assert.That(attributed.ConvertAll(said => (said.AgencyId, said.Code, said.Percent)), Is.EqualTo(new[] { (agency, "", 8m) }));
        var accrued = App.Received<CommissionAccrued>().Where(said => said.BookingId == placed.BookingId).ToList();
        Assert.That(accrued.ConvertAll(said => (said.AgencyId, said.AmountMinor)), Is.EqualTo(new[] { (agency, 80_000L) }));

        await PublishAsync(Cancelled(placed));
        await RecordAsync(placed.BookingId, "void");
    }

    [Test]
    public async Task The_agency_of_the_entry_earns_before_that_of_a_link_and_the_link_if_the_entry_earns_nothing()
    {
        var (entering, linking, without) = (await NewAgencyAsync("Entering"), await NewAgencyAsync("Linking"), await NewAgencyAsync("Without terms"));
        await TermsAsync(entering, 6m, Today.AddDays(-200), null);
        await TermsAsync(linking, 9m, Today.AddDays(-200), null);
        var code = await OldLinkAsync(linking);
        var explicitly = Entered(entering, Now.AddDays(-2)) with { ReferralCode = code, ReferralTouchedAt = Now.AddDays(-30) };
        var byLink = Entered(without, Now.AddDays(-2)) with { ReferralCode = code, ReferralTouchedAt = Now.AddDays(-30) };
        var neither = Entered(without, Now.AddDays(-2)) with { ReferralCode = "ZZZZ4444", ReferralTouchedAt = Now.AddDays(-30) };
        foreach (var placed in new[] { explicitly, byLink, neither })
        {
            await PublishAsync(placed);
            await PublishAsync(Confirmed(placed));
        }

        var first = await RecordAsync(explicitly.BookingId, "pending");
        Assert.That((first.Source, first.AgencyId, first.Percent), Is.EqualTo(("waitlist", (Guid?)entering, (decimal?)6m)));
        var second = await RecordAsync(byLink.BookingId, "pending");
        Assert.That((second.Source, second.AgencyId, second.Percent), Is.EqualTo(("link", (Guid?)linking, (decimal?)9m)));
        var third = await RecordAsync(neither.BookingId, "refused");
        Assert.That((third.Source, third.AgencyId, third.RefusedReason), Is.EqualTo(("waitlist", (Guid?)without, "no-agreement")));
        await QuietAsync();
        Assert.That(App.Received<CommissionAccrued>().Count(said => new[] { explicitly, byLink, neither }.Any(placed => placed.BookingId == said.BookingId)), Is.EqualTo(2));
    }

    [TestCase("ended", "no-agreement")]
    [TestCase("later", "no-agreement")]
    [TestCase("other-line", "no-agreement")]
    [TestCase("unknown", "agency-unknown")]
    public async Task Without_terms_on_the_day_of_the_entry_nothing_is_earned(string why, string reason)
    {
        var agency = why == "unknown" ? Guid.NewGuid() : await NewAgencyAsync();
        if (why != "unknown")
        {
            await TermsAsync(agency, 10m, Today.AddDays(why == "later" ? -3 : -60), why == "ended" ? Today.AddDays(-20) : null);
        }

        var placed = Entered(agency, Now.AddDays(-10), why == "other-line" ? "cardiac" : "dental");
        await PublishAsync(placed);
        await PublishAsync(Confirmed(placed));
        Assert.That((await RecordAsync(placed.BookingId, "refused")).RefusedReason, Is.EqualTo(reason));
        await QuietAsync();
        Assert.That(App.Received<CommissionAccrued>().Any(said => said.BookingId == placed.BookingId), Is.False);
    }

    [Test]
    public async Task Two_replicas_that_consume_at_the_same_moment_attribute_once()
    {
        await using var replica = await ServiceUnderTest<Program>.StartAsync("referral", database: App.ConnectionString, broker: App.BrokerUri);
        var agency = await NewAgencyAsync();
        await TermsAsync(agency, 10m, Today.AddDays(-60), null);
        var bookings = Enumerable.Range(0, 10).Select(_ => Entered(agency, Now.AddDays(-1))).ToList();
        await Task.WhenAll(bookings.SelectMany(placed => new[] { PublishAsync(placed), PublishAsync(Confirmed(placed)), PublishAsync(placed), PublishAsync(Confirmed(placed)) }));
        foreach (var placed in bookings)
        {
            await RecordAsync(placed.BookingId, "pending");
        }

        await QuietAsync();
        Assert.That(App.Received<CommissionAccrued>().Count(said => said.AgencyId == agency), Is.EqualTo(10));
        Assert.That(await WithDb(db => db.Referrals.Where(referral => referral.AgencyId == agency).SumAsync(referral => referral.CommissionMinor)), Is.EqualTo(10 * 100_000));
    }

    [Test]
    public async Task The_agency_sees_which_bookings_came_from_waiting_and_anyone_with_its_id_sees_its_terms()
    {
        var agency = await NewAgencyAsync("Waiting Travel");
        await TermsAsync(agency, 10m, Today.AddDays(-60), null);
        var placed = Entered(agency, Now.AddDays(-1));
        await PublishAsync(placed);
        await RecordAsync(placed.BookingId);

        using var client = ClientOf(agency);
        var row = (await client.GetFromJsonAsync<JsonElement>("/agency/referrals")).GetProperty("items").EnumerateArray().Single();
        Assert.That((row.GetProperty("source").GetString(), row.GetProperty("code").GetString()), Is.EqualTo(("waitlist", "")));
        Assert.That(await client.GetStringAsync("/agency/referrals.csv"), Does.Contain(",demo,source\r\n").And.Contain(",false,waitlist\r\n"));

        var terms = await App.Client.GetFromJsonAsync<JsonElement>($"/agencies/{agency}/terms?at={Now.AddDays(-1).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        Assert.That(terms.GetProperty("agencyName").GetString(), Is.EqualTo("Waiting Travel"));
        Assert.That(terms.GetProperty("percentByLine").GetProperty("dental").GetDecimal(), Is.EqualTo(10m));
        var before = await App.Client.GetFromJsonAsync<JsonElement>($"/agencies/{agency}/terms?at={Now.AddDays(-90).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        Assert.That(before.GetProperty("percentByLine").EnumerateObject(), Is.Empty);
        using var unknown = await App.Client.GetAsync(new Uri($"/agencies/{Guid.NewGuid()}/terms", UriKind.Relative));
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static BookingPlaced Entered(Guid agency, DateTimeOffset since, string line = "dental") =>
        Placed(null, null, line: line) with { AgencyId = agency, AgencySince = since };

    private Task TermsAsync(Guid agency, decimal percent, DateOnly from, DateOnly? until) => SqlAsync(
        "INSERT INTO agreements(id, agency_id, service_line, percent, valid_from, valid_until, demo) VALUES ($1, $2, 'dental', $3, $4, $5, false)",
        Guid.CreateVersion7(), agency, percent, from, (object?)until ?? DBNull.Value);
}
