using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Mails;

/// <summary>Shows the operator which letters wait, went or died: no addresses, no texts.</summary>
public static class ListMails
{
    private const int Size = 50;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/operator/mails", Handle).RequireOrganisation("operator");

    public sealed record Page(
        int Total, [property: JsonPropertyName("page")] int Number, int Size, MailView[] Items, Dictionary<string, int> Totals);

    public sealed record MailView(
        Guid Id,
        string Kind,
        Guid? BookingId,
        string? Reference,
        string State,
        int Attempts,
        string? LastError,
        bool ContactKnown,
        DateTimeOffset CreatedAt,
        DateTimeOffset? NextAttemptAt,
        DateTimeOffset? SentAt);

    private static async Task<Ok<Page>> Handle(NotificationsDb db, string? state, int? page, CancellationToken ct)
    {
        var number = Math.Clamp(page ?? 1, 1, 100_000);
        var chosen = string.IsNullOrEmpty(state) ? db.Mails : db.Mails.Where(mail => mail.State == state);
        var items = await chosen.AsNoTracking()
            .OrderByDescending(mail => mail.Seq)
            .Skip((number - 1) * Size).Take(Size)
            .Select(mail => new MailView(
                mail.Id,
                mail.Kind,
                mail.BookingId,
                db.Bookings.Where(booking => booking.BookingId == mail.BookingId).Select(booking => booking.Reference).FirstOrDefault(),
                mail.State,
                mail.Attempts,
                mail.LastError,
                mail.BookingId == null || db.Contacts.Any(contact => contact.BookingId == mail.BookingId),
                mail.CreatedAt,
                mail.State == "waiting" ? mail.NextAttemptAt : null,
                mail.SentAt))
            .ToArrayAsync(ct);
        var totals = await db.Mails.GroupBy(mail => mail.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        return TypedResults.Ok(new Page(await chosen.CountAsync(ct), number, Size, items, totals));
    }
}
