using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Contacts;

/// <summary>An account that is gone, kept so that a message still under way cannot bring its data back.</summary>
public sealed class Erasure
{
    public required string PatientSubject { get; init; }

    public DateTimeOffset ErasedAt { get; init; }

    /// <summary>Removes what is known of the patients whose accounts are gone: contacts, calendars and letters not sent yet.</summary>
    public static async Task ForgetAsync(NotificationsDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (SELECT booking_id FROM bookings JOIN erasures USING (patient_subject)),
                 contact AS (DELETE FROM contacts WHERE booking_id IN (SELECT booking_id FROM gone)),
                 calendar AS (DELETE FROM calendars WHERE booking_id IN (SELECT booking_id FROM gone))
            UPDATE mails SET state = 'dropped', payload = NULL, sealed_payload = NULL, last_error = 'erased'
            WHERE booking_id IN (SELECT booking_id FROM gone) AND state IN ('waiting', 'dead')
            """,
            ct);
    }
}
