using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Mails;

/// <summary>What makes a letter one letter: its kind and what it is about.</summary>
public sealed record NewMail(string Kind, string Key, Guid? BookingId = null, int Sequence = 0, DateTimeOffset? ExpiresAt = null);

/// <summary>Puts letters into the queue, in the transaction of the message that asks for them.</summary>
public sealed class MailQueue(NotificationsDb db, SealedLetters letters)
{
    /// <summary>Queues a letter unless it is known already. One that still waits is brought up to date by a message of a higher sequence.</summary>
    public Task AddAsync<T>(NewMail mail, T payload, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO mails(id, kind, key, booking_id, sequence, sealed_payload, expires_at, trace_parent)
            VALUES ({Guid.CreateVersion7()}, {mail.Kind}, {mail.Key}, {mail.BookingId}, {mail.Sequence}, {letters.Seal(mail.Kind, mail.Key, payload)},
                    {mail.ExpiresAt?.ToUniversalTime()}, {Activity.Current?.Id})
            ON CONFLICT ON CONSTRAINT one_mail_per_event DO UPDATE SET payload = NULL, sealed_payload = excluded.sealed_payload, sequence = excluded.sequence, expires_at = excluded.expires_at
            WHERE mails.state = 'waiting' AND mails.sequence < excluded.sequence
            """,
            ct);
    }

    /// <summary>Takes back letters of a booking that were not sent and are no longer true.</summary>
    public Task DropAsync(Guid bookingId, string[] kinds, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE mails SET state = 'dropped', payload = NULL, sealed_payload = NULL, last_error = 'superseded'
        WHERE booking_id = {bookingId} AND kind = ANY({kinds}) AND state IN ('waiting', 'dead')
        """,
        ct);
}
