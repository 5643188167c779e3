using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Payment;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Bookings;

public sealed class DepositTests
{
    [Test]
    public async Task A_deposit_in_time_confirms_and_the_time_stays_taken_for_good()
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        var confirmed = await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That((confirmed.Reference, confirmed.DepositMinor, confirmed.CancellationLadder.Length), Is.EqualTo((booking.Reference, Market.Deposit, 2)));
        await Market.LapseAsync(booking.Hold.Id); // changes nothing: nothing is held any more
        await Steps.SweepAsync();
        Assert.That(await market.FreeAsync(start), Does.Not.Contain(start));
        Assert.That((await Market.NewGuest().TryHoldAsync(market, start)).Slug, Is.EqualTo("time-taken"));
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/checkout", key: booking.Hold.Key)).Slug, Is.EqualTo("already-confirmed"));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/holds/{booking.Hold.Id}", key: booking.Hold.Key)).Slug, Is.EqualTo("already-confirmed"));
    }

    [Test]
    public async Task A_deposit_told_many_times_at_once_confirms_once()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var charge = Guid.NewGuid();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Steps.PayAsync(booking, charge: charge)));
        await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That(Running.App.Received<BookingConfirmed>().Count(x => x.BookingId == booking.Id), Is.EqualTo(1));
        Assert.That(Running.App.Received<DepositUnplaceable>().Any(x => x.BookingId == booking.Id), Is.False);
        Assert.That(await market.CountAsync("SELECT count(*) FROM booking_events WHERE booking_id = $1 AND kind = 'confirmed'", booking.Id), Is.EqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_deposit_after_the_hold_takes_the_same_time_again_if_it_is_still_free(bool swept)
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Market.LapseAsync(booking.Hold.Id);
        if (swept)
        {
            await Steps.SweepAsync();
            Assert.That(await guest.StateAsync(booking), Is.EqualTo("expired"));
        }

        await Steps.PayAsync(booking);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
        Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
        Assert.That(await market.CountAsync("SELECT fence::bigint FROM bookings WHERE id = $1", booking.Id), Is.EqualTo(2));
        await Steps.SweepAsync();
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_deposit_after_the_time_went_to_someone_else_is_returned_once(bool swept)
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Market.LapseAsync(booking.Hold.Id);
        var other = await Market.NewGuest().BookAsync(market, start);
        if (swept)
        {
            await Steps.SweepAsync();
        }

        var charge = await Steps.PayAsync(booking);
        await Steps.PayAsync(booking, charge: charge);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("refunding"));
        var back = await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == booking.Id);
        Assert.That((back.AmountMinor, back.Reason), Is.EqualTo((Market.Deposit, "time-gone")));
        var refund = new RefundIssued(booking.Id, Guid.NewGuid(), Market.Deposit, "KZT", "unplaceable", Market.Now);
        await Steps.DeliverAsync(refund);
        await Steps.DeliverAsync(refund);
        var view = await guest.ShowAsync(booking);
        Assert.That((view.Text("state"), view.Body.GetProperty("refunded").GetProperty("amountMinor").GetInt64()), Is.EqualTo(("refunded", Market.Deposit)));
        Assert.That(Running.App.Received<DepositUnplaceable>().Count(x => x.BookingId == booking.Id), Is.EqualTo(1));

        await Steps.PayAsync(other);
        Assert.That(await guest.StateAsync(other), Is.EqualTo("confirmed"));
    }

    [Test]
    public async Task A_late_deposit_and_a_new_patient_at_once_never_both_get_the_time()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        for (var round = 0; round < 8; round++)
        {
            var start = Market.At(5 + (7 * round));
            var booking = await guest.BookAsync(market, start);
            await Market.LapseAsync(booking.Hold.Id);
            var paying = Steps.PayAsync(booking);
            var holding = Market.NewGuest().TryHoldAsync(market, start);
            await Task.WhenAll(paying, holding);
            var won = (await holding).Status == HttpStatusCode.Created;
            Assert.That(await guest.StateAsync(booking), Is.EqualTo(won ? "refunding" : "confirmed"));
            Assert.That(await market.AllocationsAsync(start), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_deposit_with_a_stale_fence_confirms_nothing()
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(5));
        var booking = await guest.BookAsync(market, start);
        await Market.ScalarAsync(
            "WITH h AS (UPDATE holds SET fence = 2 WHERE id = $1), a AS (UPDATE allocations SET fence = 2 WHERE hold_id = $1) UPDATE bookings SET fence = 2 WHERE hold_id = $1",
            booking.Hold.Id);
        await Steps.PayAsync(booking, fence: 1);
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("refunding"));
        await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == booking.Id && x.Reason == "other-terms");
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
    }

    [Test]
    public async Task A_deposit_of_another_amount_is_returned()
    {
        var market = await Market.OpenAsync();
        var booking = await Market.NewGuest().BookAsync(market, Market.At(5));
        await Steps.PayAsync(booking, amount: Market.Deposit - 1);
        var back = await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == booking.Id);
        Assert.That(back.AmountMinor, Is.EqualTo(Market.Deposit - 1));
    }

    [Test]
    public async Task A_deposit_before_its_booking_waits_for_it()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        await Market.ScalarAsync("ALTER TABLE bookings RENAME TO bookings_away");
        await Running.App.PublishAsync(new DepositPaid(booking.Id, Guid.NewGuid(), Market.Deposit, "KZT", 1, Market.Now));
        await Market.ScalarAsync("ALTER TABLE bookings_away RENAME TO bookings");
        await Eventually.That(async () => await guest.StateAsync(booking) == "confirmed", "The deposit was forgotten.", TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task The_payment_page_keeps_the_time_five_minutes_longer_than_itself_and_never_shortens()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var until = Market.Now.AddMinutes(90);
        await Steps.DeliverAsync(new CheckoutOpened(booking.Id, Guid.NewGuid(), until, Market.Now));
        Assert.That((await guest.ShowAsync(booking)).Time("holdExpiresAt"), Is.EqualTo(until.AddMinutes(5)).Within(TimeSpan.FromMilliseconds(1)));
        await Steps.DeliverAsync(new CheckoutOpened(booking.Id, Guid.NewGuid(), until.AddMinutes(-60), Market.Now));
        Assert.That((await guest.ShowAsync(booking)).Time("holdExpiresAt"), Is.EqualTo(until.AddMinutes(5)).Within(TimeSpan.FromMilliseconds(1)));

        var lapsed = await guest.BookAsync(market, Market.At(12));
        await Market.LapseAsync(lapsed.Hold.Id);
        await Steps.DeliverAsync(new CheckoutOpened(lapsed.Id, Guid.NewGuid(), until, Market.Now));
        Assert.That(await guest.StateAsync(lapsed), Is.EqualTo("expired"));
    }
}
