using MassTransit;
using MedTourism.Contracts.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Contacts;

/// <summary>Forgets the patient of every booking an erased account made.</summary>
public sealed class WhenAccountErased(NotificationsDb db) : IConsumer<AccountErased>
{
    public async Task Consume(ConsumeContext<AccountErased> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (subject, ct) = (context.Message.AccountId.ToString(), context.CancellationToken);
        await db.Database.ExecuteSqlAsync($"INSERT INTO erasures(patient_subject) VALUES ({subject}) ON CONFLICT DO NOTHING", ct);
        await Erasure.ForgetAsync(db, ct);
    }
}
