using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Charges;

/// <summary>Every change to a charge, its checkouts and refunds locks the charge first, so that none of them deadlock.</summary>
public static class LockedCharge
{
    public static async Task<Charge?> LockChargeOfAsync(this PaymentDb db, Guid bookingId, CancellationToken ct) =>
        (await db.Charges.FromSql($"SELECT * FROM charges WHERE booking_id = {bookingId} FOR UPDATE").AsNoTracking().ToListAsync(ct)).SingleOrDefault();

    public static async Task<Charge> LockChargeAsync(this PaymentDb db, Guid chargeId, CancellationToken ct) =>
        (await db.Charges.FromSql($"SELECT * FROM charges WHERE id = {chargeId} FOR UPDATE").AsNoTracking().ToListAsync(ct)).Single();
}
