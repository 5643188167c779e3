using System.Diagnostics;
using System.Net.Mail;
using MedTourism.Notifications.Contacts;
using MedTourism.Notifications.Letters;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Mails;

/// <summary>
/// Sends the letters that wait. A worker claims them for two minutes (SKIP LOCKED, so many workers may run), writes them, hands them to the server
/// and marks them sent if the claim is still its own. A crash between the server's answer and the mark sends the letter again, with the same
/// Message-ID: mail has no transaction, so "at least once, recognisably" is what can be promised. Failures wait longer each time; after 20 the letter is dead.
/// </summary>
public sealed class DeliverMails(IServiceScopeFactory scopes, IMailTransport transport, LetterWriter writer, TimeProvider clock, ILogger<DeliverMails> log)
    : BackgroundService
{
    private const int Tries = 20;
    private const int AtOnce = 8;

    // Well inside the claim, so that nobody else takes a letter this worker is still sending.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ActivitySource Source = new("MedTourism.Notifications");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        do
        {
            try
            {
                while (await RunOnceAsync(stoppingToken) > 0)
                {
                    // Drain before resting.
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Mail delivery paused and will go on: {Failure}", exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Claims a few letters and tries to send each of them. Returns how many it claimed.</summary>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationsDb>();
        await TidyAsync(db, ct);
        var claimed = await ClaimAsync(db, ct);
        await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (mail, token) => await DeliverAsync(mail, token));
        return claimed.Count;
    }

    private static async Task TidyAsync(NotificationsDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE mails SET state = 'dropped', payload = NULL, sealed_payload = NULL, last_error = CASE WHEN expires_at <= now() THEN 'expired' ELSE 'no contact came' END
            WHERE state = 'waiting' AND (expires_at <= now() OR (attempts = 0 AND next_attempt_at < now() - interval '30 days'))
            """,
            ct);

        // A worker that died with its last try.
        await db.Database.ExecuteSqlAsync($"UPDATE mails SET state = 'dead' WHERE state = 'waiting' AND attempts >= {Tries} AND next_attempt_at <= now()", ct);
    }

    /// <summary>Letters of one booking go in order, except codes, which nobody should wait for; those whose contact has not come yet are left alone.</summary>
    private static Task<List<Mail>> ClaimAsync(NotificationsDb db, CancellationToken ct) => db.Mails.FromSql(
        $"""
        UPDATE mails SET attempts = attempts + 1, next_attempt_at = now() + interval '2 minutes'
        WHERE id IN (
            SELECT id FROM mails AS mail
            WHERE state = 'waiting' AND next_attempt_at <= now() AND attempts < {Tries}
              AND (booking_id IS NULL OR EXISTS (SELECT FROM contacts WHERE contacts.booking_id = mail.booking_id))
              AND (kind = 'code' OR NOT EXISTS (
                  SELECT FROM mails AS earlier
                  WHERE earlier.booking_id = mail.booking_id AND earlier.state = 'waiting' AND earlier.seq < mail.seq AND earlier.kind <> 'code'))
            ORDER BY next_attempt_at LIMIT {AtOnce} FOR UPDATE OF mail SKIP LOCKED)
        RETURNING *
        """).AsNoTracking().ToListAsync(ct);

    private async Task DeliverAsync(Mail mail, CancellationToken ct)
    {
        using var activity = Source.StartActivity("deliver mail", ActivityKind.Producer, mail.TraceParent);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationsDb>();
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Patience);
            if (await WriteAsync(db, mail, patience.Token) is not { } outgoing)
            {
                return; // Erased since it was claimed; the next claim finds no contact.
            }

            await transport.SendAsync(outgoing, patience.Token);
            await MarkSentAsync(db, mail);
            log.LogInformation("Mail {MailId} ({Kind}) of booking {BookingId} is sent", mail.Id, mail.Kind, mail.BookingId);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            await PostponeAsync(db, mail, exception, ct);
        }
    }

    private async Task<OutgoingMail?> WriteAsync(NotificationsDb db, Mail mail, CancellationToken ct)
    {
        Contact? contact = null;
        string? reference = null;
        if (mail.BookingId is { } bookingId)
        {
            contact = await db.Contacts.AsNoTracking().SingleOrDefaultAsync(contact => contact.BookingId == bookingId, ct);
            reference = await db.Bookings.Where(booking => booking.BookingId == bookingId).Select(booking => booking.Reference).SingleOrDefaultAsync(ct);
            if (contact is null)
            {
                return null;
            }
        }

        return await writer.WriteAsync(mail, contact, reference);
    }

    /// <summary>Not cancellable: the server has the letter, so this must be written down if it can be.</summary>
    private async Task MarkSentAsync(NotificationsDb db, Mail mail)
    {
        var marked = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE mails SET state = 'sent', sent_at = now(), payload = NULL, sealed_payload = NULL, last_error = NULL
            WHERE id = {mail.Id} AND state = 'waiting' AND attempts = {mail.Attempts}
            """,
            CancellationToken.None);
        if (marked == 0)
        {
            log.LogWarning("Mail {MailId} was sent by a worker that no longer held it", mail.Id);
        }
    }

    private async Task PostponeAsync(NotificationsDb db, Mail mail, Exception exception, CancellationToken ct)
    {
        // Names only: a server's answer may quote the address.
        var failure = exception is SmtpException smtp ? $"{nameof(SmtpException)}: {smtp.StatusCode}" : exception.GetType().Name;
        var wait = TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, mail.Attempts)));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE mails SET last_error = {failure}, next_attempt_at = now() + {wait}, state = CASE WHEN attempts >= {Tries} THEN 'dead' ELSE 'waiting' END
            WHERE id = {mail.Id} AND state = 'waiting' AND attempts = {mail.Attempts}
            """,
            ct);
        log.LogWarning("Mail {MailId} ({Kind}) failed at try {Attempt}: {Failure}", mail.Id, mail.Kind, mail.Attempts, failure);
    }
}
