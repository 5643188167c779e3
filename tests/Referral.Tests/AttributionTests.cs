using MedTourism.Contracts.Referral;
using MedTourism.Referral.Referrals;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Tests;

public sealed class AttributionTests : ReferralFixture
{
    private static readonly DateOnly Today = Agreements.Agreement.DayOf(Now);

    [Test]
    public async Task The_percentage_in_force_at_the_first_touch_is_earned_even_if_it_changed_before_the_booking()
    {
        var agency = await NewAgencyAsync();
        var code = await OldLinkAsync(agency);
        await TermsAsync(agency, 8m, Today.AddDays(-60), Today.AddDays(-31));
        await TermsAsync(agency, 11m, Today.AddDays(-30), null);

        var early = Placed(code, Now.AddDays(-45));
        var late = Placed(code, Now.AddDays(-5));
        await PublishAsync(early);
        await PublishAsync(late);

        Assert.That((await RecordAsync(early.BookingId)).Percent, Is.EqualTo(8m));
        Assert.That((await RecordAsync(late.BookingId)).Percent, Is.EqualTo(11m));
        await Eventually.That(() => App.Received<ReferralAttributed>().Count(said => said.AgencyId == agency) == 2, "The attributions were not told.");
        Assert.That(App.Received<ReferralAttributed>().Single(said => said.BookingId == early.BookingId).Percent, Is.EqualTo(8m));
    }

    [TestCase(90, "attributed", null)]
    [TestCase(91, "refused", "touch-expired")]
    public async Task A_touch_earns_for_ninety_days_and_not_for_ninety_one(int days, string state, string? reason)
    {
        var agency = await NewAgencyAsync();
        var code = await OldLinkAsync(agency);
        await TermsAsync(agency, 10m, Today.AddDays(-200), null);
        var placed = Placed(code, Now.AddDays(-days));
        await PublishAsync(placed);

        var record = await RecordAsync(placed.BookingId);
        Assert.That((record.State, record.RefusedReason), Is.EqualTo((state, reason)));
    }

    [Test]
    public async Task A_code_that_does_not_earn_is_recorded_with_its_reason_and_announced_to_nobody()
    {
        var agency = await NewAgencyAsync();
        var code = await OldLinkAsync(agency, daysOld: 10);
        await TermsAsync(agency, 10m, Today.AddDays(-200), Today.AddDays(-2));
        (Contracts.Booking.BookingPlaced Placed, string Reason)[] cases =
        [
            (Placed("ZZZZ2222", Now.AddDays(-1)), "code-unknown"),
            (Placed(code, Now.AddDays(-20)), "touch-before-link"),
            (Placed(code, Now.AddHours(1)), "touch-in-future"),
            (Placed(code, Now.AddDays(-5), line: "cardiac"), "no-agreement"),
            (Placed(code, Now), "no-agreement"),
        ];
        foreach (var (placed, _) in cases)
        {
            await PublishAsync(placed);
            await PublishAsync(Confirmed(placed));
        }

        foreach (var (placed, reason) in cases)
        {
            Assert.That((await RecordAsync(placed.BookingId, "refused")).RefusedReason, Is.EqualTo(reason));
        }

        await QuietAsync();
        Assert.That(App.Received<ReferralAttributed>().Where(said => cases.Any(tried => tried.Placed.BookingId == said.BookingId)), Is.Empty);
        Assert.That(App.Received<CommissionAccrued>().Where(said => cases.Any(tried => tried.Placed.BookingId == said.BookingId)), Is.Empty);
    }

    [Test]
    public async Task A_code_typed_while_booking_is_touched_then_and_may_be_typed_in_lower_case()
    {
        var agency = await NewAgencyAsync();
        var code = await OldLinkAsync(agency);
        await TermsAsync(agency, 10m, Today.AddDays(-200), null);
        var placed = Placed($" {code.ToLowerInvariant()} ", touched: null);
        await PublishAsync(placed);

        var record = await RecordAsync(placed.BookingId);
        Assert.That((record.State, record.Code), Is.EqualTo(("attributed", code)));
        Assert.That(record.TouchedAt, Is.EqualTo(placed.PlacedAt).Within(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public async Task A_booking_without_a_code_leaves_no_trace()
    {
        var placed = Placed(null, null);
        var marker = Placed("ZZZZ3333", Now);
        await PublishAsync(placed);
        await PublishAsync(marker);
        await RecordAsync(marker.BookingId, "refused");
        await QuietAsync();

        Assert.That(await WithDb(db => db.Referrals.AnyAsync(referral => referral.BookingId == placed.BookingId)), Is.False);
        Assert.That(await WithDb(db => db.BookingFacts.AnyAsync(fact => fact.BookingId == placed.BookingId)), Is.False);
    }

    [TestCase(10_050L, 5, 502L)] // 502.5 goes to the even 502
    [TestCase(10_150L, 5, 508L)] // 507.5 goes to the even 508
    [TestCase(10_051L, 5, 503L)]
    [TestCase(0L, 5, 0L)]
    [TestCase(99_999_999_999L, 12, 12_000_000_000L)]
    public void Half_a_minor_unit_goes_to_the_even_neighbour(long price, int percent, long commission) =>
        Assert.That(Attribution.Commission(price, percent), Is.EqualTo(commission));

    private Task TermsAsync(Guid agency, decimal percent, DateOnly from, DateOnly? until) => SqlAsync(
        "INSERT INTO agreements(id, agency_id, service_line, percent, valid_from, valid_until, demo) VALUES ($1, $2, 'dental', $3, $4, $5, false)",
        Guid.CreateVersion7(), agency, percent, from, (object?)until ?? DBNull.Value);
}
