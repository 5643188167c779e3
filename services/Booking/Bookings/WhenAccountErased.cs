using MassTransit;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Bookings;

/// <summary>Forgets the account, and the person where care is over or never was. A center keeps whom it still expects.</summary>
public sealed class WhenAccountErased(BookingDb db) : IConsumer<AccountErased>
{
    public async Task Consume(ConsumeContext<AccountErased> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var subject = context.Message.AccountId.ToString();
        var ct = context.CancellationToken;
        var over = await db.Database.SqlQuery<Guid>(
            $"""
            SELECT id AS "Value" FROM bookings
            WHERE patient_subject = {subject} AND (ends_at < now() OR state NOT IN ('awaiting_deposit', 'confirmed'))
            """).ToArrayAsync(ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM booking_people WHERE booking_id = ANY({over})", ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM treatment_plan_people WHERE plan_id IN (SELECT plan_id FROM bookings WHERE id = ANY({over}))", ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM booking_answers WHERE booking_id = ANY({over})", ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM feeds WHERE patient_subject = {subject} OR booking_id = ANY({over})", ct);
        await db.Database.ExecuteSqlAsync($"UPDATE bookings SET patient_subject = NULL WHERE patient_subject = {subject}", ct);
        await RemoveEntry.OfSubjectAsync(db, context, subject, ct);
    }
}
