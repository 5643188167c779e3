using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.Contracts.Payment;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Bookings;

/// <summary>Keeps the held time a little longer than the payment page is open, so that money of its last second finds it.</summary>
public sealed class WhenCheckoutOpened(BookingDb db, IOptions<BookingOptions> options) : IConsumer<CheckoutOpened>
{
    // The provider's longest page. A message that says more is wrong, and must not keep time from others.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public async Task Consume(ConsumeContext<CheckoutOpened> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var ct = context.CancellationToken;
        if (await BookingNotKnownException.HoldOfAsync(db, context.Message.BookingId, ct) is not { } holdId)
        {
            return;
        }

        var wanted = context.Message.ExpiresAt.ToUniversalTime();
        var most = await db.NowAsync(ct) + Longest;
        await LengthenHold.UntilAsync(db, context, holdId, (wanted < most ? wanted : most).AddMinutes(options.Value.GraceMinutes), ct);
    }
}
