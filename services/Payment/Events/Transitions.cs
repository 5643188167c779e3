using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Events;

public static class Transitions
{
    /// <summary>True the first time this fact about an object of the provider is seen; part of the caller's transaction.</summary>
    public static async Task<bool> IsFirstAsync(this PaymentDb db, string objectId, string transition, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO provider_transitions (object_id, transition) VALUES ({objectId}, {transition}) ON CONFLICT DO NOTHING", ct) == 1;
}
