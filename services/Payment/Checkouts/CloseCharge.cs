using MedTourism.Payment.Charges;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Checkouts;

/// <summary>Nothing is due for a booking any more: no page is opened, and open ones are to be closed at the provider.</summary>
public static class CloseCharge
{
    /// <exception cref="NotYetException">The deposit was not requested yet, so the message came too early.</exception>
    public static async Task<Charge> CloseChargeOfAsync(this PaymentDb db, Guid bookingId, string why, CancellationToken ct)
    {
        var charge = await db.LockChargeOfAsync(bookingId, ct) ?? throw new NotYetException($"No deposit of booking {bookingId} is known.");
        await db.Database.ExecuteSqlAsync($"UPDATE charges SET closed = {why} WHERE id = {charge.Id} AND closed IS DISTINCT FROM 'cancelled'", ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE checkouts SET wanted = false, next_check_at = now() WHERE charge_id = {charge.Id} AND wanted AND state IN ('opening', 'open')", ct);
        return charge;
    }
}
