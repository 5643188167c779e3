using MassTransit;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Offers;

/// <summary>Keeps the days on which an offer has a free start, to order a search by. Of two messages the later look counts, in whatever order they come.</summary>
public sealed class WhenOfferDaysChanged(CatalogDb db) : IConsumer<OfferDaysChanged>
{
    public Task Consume(ConsumeContext<OfferDaysChanged> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (offer, days, asOf) = context.Message;
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO offer_days AS known (offer_id, days, as_of) VALUES ({offer}, {days}, {asOf.ToUniversalTime()})
            ON CONFLICT (offer_id) DO UPDATE SET days = excluded.days, as_of = excluded.as_of WHERE known.as_of < excluded.as_of
            """,
            context.CancellationToken);
    }
}
