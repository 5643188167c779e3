using System.Text.Json;
using MassTransit;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Stays;

/// <summary>Keeps a country's entry rules, unless a later version is already known.</summary>
public sealed class WhenEntryRuleDeclared(BookingDb db) : IConsumer<EntryRuleDeclared>
{
    public async Task Consume(ConsumeContext<EntryRuleDeclared> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rule = context.Message;
        var periods = JsonSerializer.Serialize(rule.Periods);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO entry_rules AS known (country, version, periods) VALUES ({rule.Country.ToUpperInvariant()}, {rule.Version}, {periods}::jsonb)
            ON CONFLICT (country) DO UPDATE SET version = EXCLUDED.version, periods = EXCLUDED.periods WHERE known.version < EXCLUDED.version
            """,
            context.CancellationToken);
    }
}
