using MassTransit;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Offers;

/// <summary>Stops selling an offer. Bookings already made stay as they are; a later published version sells it again.</summary>
public sealed class WhenOfferWithdrawn(BookingDb db) : IConsumer<OfferWithdrawn>
{
    public async Task Consume(ConsumeContext<OfferWithdrawn> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var message = context.Message;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO offer_withdrawals AS known (offer_id, version, withdrawn_at)
            VALUES ({message.OfferId}, {message.Version}, {message.WithdrawnAt.ToUniversalTime()})
            ON CONFLICT (offer_id) DO UPDATE SET version = EXCLUDED.version, withdrawn_at = EXCLUDED.withdrawn_at
            WHERE known.version < EXCLUDED.version
            """,
            context.CancellationToken);
    }
}
