using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Bookings;

/// <summary>What letters need of a booking beyond the message that asks for them.</summary>
public sealed class KnownBooking
{
    public required Guid BookingId { get; init; }

    public string? Reference { get; init; }

    public string? PatientSubject { get; init; }

    public static Task LearnAsync(NotificationsDb db, Guid bookingId, string reference, string? patientSubject, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO bookings(booking_id, reference, patient_subject) VALUES ({bookingId}, {reference}, {patientSubject})
            ON CONFLICT (booking_id) DO UPDATE SET reference = excluded.reference, patient_subject = coalesce(excluded.patient_subject, bookings.patient_subject)
            """,
            ct);
}
