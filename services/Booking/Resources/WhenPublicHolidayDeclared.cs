using MassTransit;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Resources;

/// <summary>Closes every center of the country on that day, unless a center opens it by an exception.</summary>
public sealed class WhenPublicHolidayDeclared(BookingDb db) : IConsumer<PublicHolidayDeclared>
{
    public async Task Consume(ConsumeContext<PublicHolidayDeclared> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var day = context.Message;

        // An official word replaces an estimate, never the other way round.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO public_holidays AS known (country, date, name, official, source)
            VALUES ({day.Country.ToUpperInvariant()}, {day.Date}, {day.Name}, {day.Official}, {day.Source})
            ON CONFLICT (country, date) DO UPDATE SET name = EXCLUDED.name, official = EXCLUDED.official, source = EXCLUDED.source
            WHERE EXCLUDED.official OR NOT known.official
            """,
            context.CancellationToken);
    }
}
