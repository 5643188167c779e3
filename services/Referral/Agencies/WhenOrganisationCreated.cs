using MassTransit;
using MedTourism.Contracts.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Agencies;

/// <summary>Learns of agencies; other kinds of organisation are none of our business.</summary>
public sealed class WhenOrganisationCreated(ReferralDb db) : IConsumer<OrganisationCreated>
{
    public async Task Consume(ConsumeContext<OrganisationCreated> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var created = context.Message;
        if (created.Kind == "agency")
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO agencies(id, name, demo, created_at) VALUES ({created.OrganisationId}, {created.Name}, {created.Demo}, {created.CreatedAt.ToUniversalTime()})
                ON CONFLICT (id) DO UPDATE SET name = excluded.name
                """,
                context.CancellationToken);
        }
    }
}
