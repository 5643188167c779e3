using System.Net;
using MedTourism.Booking.Bookings;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;
using MedTourism.Contracts.Payment;

namespace MedTourism.Booking.Tests.Bookings;

public sealed class CancelBookingTests
{
    private static readonly CancellationStep[] Ladder = [new(24, 50), new(72, 100)];
    private static readonly DateTimeOffset Start = new(2027, 3, 1, 4, 0, 0, TimeSpan.Zero);

    [TestCase(100, 100, 1001)]
    [TestCase(72, 100, 1001)]
    [TestCase(71.9, 50, 501)]
    [TestCase(24, 50, 501)]
    [TestCase(23.9, 0, 0)]
    [TestCase(-5, 0, 0)]
    public void The_ladder_gives_back_what_it_says_at_its_very_edges(double hoursBefore, int percent, long refund)
    {
        var quote = CancellationQuote.Of(Ladder, Start, 1001, Start.AddHours(-hoursBefore), byPatient: true);
        Assert.That((quote.RefundPercent, quote.RefundMinor), Is.EqualTo((percent, refund)));
        var byClinic = CancellationQuote.Of(Ladder, Start, 1001, Start.AddHours(-hoursBefore), byPatient: false);
        Assert.That((byClinic.RefundPercent, byClinic.RefundMinor), Is.EqualTo((100, 1001)));
    }

    [Test]
    public async Task Cancelling_for_the_quoted_amount_frees_the_time_and_asks_for_the_refund()
    {
        var market = await Market.OpenAsync();
        var (guest, start) = (Market.NewGuest(), Market.At(10));
        var booking = await guest.BookAsync(market, start);
        await Steps.PayAsync(booking);
        var quote = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}/cancellation", key: booking.Hold.Key);
        Assert.That((quote.Body.GetProperty("refundPercent").GetInt32(), quote.Time("until")), Is.EqualTo((100, start.AddHours(-72))));
        Assert.That(quote.Body.GetProperty("next").GetProperty("refundPercent").GetInt32(), Is.EqualTo(50));

        var wrong = await guest.CancelAsync(booking, Market.Deposit - 1);
        Assert.That((wrong.Status, wrong.Slug), Is.EqualTo((HttpStatusCode.Conflict, "quote-changed")));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("confirmed"));

        var done = await guest.CancelAsync(booking, Market.Deposit);
        Assert.That((done.Status, done.Text("state")), Is.EqualTo((HttpStatusCode.OK, "cancelled")), done.Body.ToString());
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
        var told = await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == booking.Id);
        Assert.That((told.RefundMinor, told.CancelledBy, told.Reference), Is.EqualTo((Market.Deposit, "patient", booking.Reference)));
        var confirmed = await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That(told.Sequence, Is.GreaterThan(confirmed.Sequence));
        await Steps.DeliverAsync(new RefundIssued(booking.Id, Guid.NewGuid(), Market.Deposit, "KZT", "cancelled", Market.Now));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("cancelled"));
    }

    [Test]
    public async Task Nearer_to_the_start_less_comes_back()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(10));
        await Steps.PayAsync(booking);
        await Market.ScalarAsync("UPDATE bookings SET starts_at = now() + interval '30 hours', ends_at = now() + interval '31 hours' WHERE id = $1", booking.Id);
        Assert.That((await guest.CancelAsync(booking, Market.Deposit)).Slug, Is.EqualTo("quote-changed"));
        Assert.That((await guest.CancelAsync(booking, Market.Deposit / 2)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Many_cancel_at_once_and_it_is_cancelled_once()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(10));
        await Steps.PayAsync(booking);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => guest.CancelAsync(booking, Market.Deposit)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(replies.Count(reply => reply.Slug == "not-cancellable"), Is.EqualTo(7));
        await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == booking.Id);
        Assert.That(Running.App.Received<BookingCancelled>().Count(x => x.BookingId == booking.Id), Is.EqualTo(1));
    }

    [Test]
    public async Task Cancelling_and_paying_at_once_ends_cancelled_with_the_money_on_its_way_back()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        for (var round = 0; round < 8; round++)
        {
            var start = Market.At(10 + (7 * round));
            var booking = await guest.BookAsync(market, start);
            var paying = Steps.PayAsync(booking);
            var cancelling = guest.CancelAsync(booking, 0);
            await Task.WhenAll(paying, cancelling);
            var cancelled = (await cancelling).Status == HttpStatusCode.OK;
            Assert.That(await guest.StateAsync(booking), Is.EqualTo(cancelled ? "refunding" : "confirmed"));
            Assert.That(await market.AllocationsAsync(start), Is.EqualTo(cancelled ? 0 : 1));
            if (cancelled)
            {
                await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == booking.Id);
            }
        }
    }

    [Test]
    public async Task Giving_up_before_paying_releases_the_hold_and_both_ways_say_so()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var cancelled = await guest.BookAsync(market, Market.At(10));
        Assert.That((await guest.CancelAsync(cancelled, 0)).Text("state"), Is.EqualTo("cancelled"));
        var released = await guest.BookAsync(market, Market.At(10));
        await guest.SendAsync(HttpMethod.Delete, $"/holds/{released.Hold.Id}", key: released.Hold.Key);
        Assert.That(await guest.StateAsync(released), Is.EqualTo("cancelled"));
        foreach (var booking in new[] { cancelled, released })
        {
            Assert.That((await Steps.HeardAsync<HoldReleased>(x => x.HoldId == booking.Hold.Id)).BookingId, Is.EqualTo(booking.Id));
            Assert.That((await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == booking.Id)).RefundMinor, Is.Zero);
        }

        Assert.That(await market.FreeAsync(Market.At(10)), Does.Contain(Market.At(10)));
    }

    [Test]
    public async Task The_center_that_cancels_gives_everything_back_and_another_center_cannot()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(10));
        await Steps.PayAsync(booking);
        await Market.ScalarAsync("UPDATE bookings SET starts_at = now() + interval '3 hours', ends_at = now() + interval '4 hours' WHERE id = $1", booking.Id);
        var other = Running.App.Tokens.For(sub: "x", org: Guid.NewGuid(), orgKind: "clinic", orgRef: "elsewhere", roles: ["admin"]);
        var own = Running.App.Tokens.For(sub: "y", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: ["admin"]);
        Assert.That((await guest.CancelAsync(booking, Market.Deposit, other)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await guest.CancelAsync(booking, Market.Deposit, own)).Status, Is.EqualTo(HttpStatusCode.OK));
        var told = await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == booking.Id);
        Assert.That((told.RefundMinor, told.CancelledBy), Is.EqualTo((Market.Deposit, "clinic")));
    }
}
