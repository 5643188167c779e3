using MassTransit;
using MedTourism.Contracts.Booking;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Contacts;

/// <summary>Keeps our own copy of how to reach a patient; letters that waited for it go out by themselves.</summary>
public sealed class WhenPatientContactGiven(NotificationsDb db) : IConsumer<PatientContactGiven>
{
    public async Task Consume(ConsumeContext<PatientContactGiven> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (given, ct) = (context.Message, context.CancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO contacts(booking_id, email, given_names, culture, patient_time_zone, neutral_title, given_at)
            VALUES ({given.BookingId}, {given.Email}, {(given.GivenNames.Length > 0 ? given.GivenNames : given.FamilyName)}, {given.Culture}, {given.PatientTimeZone}, {given.NeutralTitle}, {given.GivenAt.ToUniversalTime()})
            ON CONFLICT (booking_id) DO UPDATE SET email = excluded.email, given_names = excluded.given_names, culture = excluded.culture,
                patient_time_zone = excluded.patient_time_zone, neutral_title = excluded.neutral_title, given_at = excluded.given_at
            WHERE excluded.given_at > contacts.given_at
            """,
            ct);
        await Erasure.ForgetAsync(db, ct);
    }
}
