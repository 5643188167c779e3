using System.Text;
using MedTourism.Notifications.Letters;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Calendars;

/// <summary>
/// Gives the calendar file of a booking to whoever knows its unguessable id. Without a contact to ask how much may be said, it says the neutral minimum.
/// </summary>
public static class DownloadCalendar
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/calendar/{bookingId:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Handle(
        Guid bookingId, HttpContext http, NotificationsDb db, PublicSite site, CancellationToken ct)
    {
        var entry = await db.Calendars.AsNoTracking().SingleOrDefaultAsync(calendar => calendar.BookingId == bookingId, ct);
        if (entry is null)
        {
            return Problems.NotFound("calendar-unknown", "There is no calendar event for this booking.");
        }

        var contact = await db.Contacts.AsNoTracking().SingleOrDefaultAsync(contact => contact.BookingId == bookingId, ct);
        var to = contact is null ? new Recipient(Texts.For("en"), "", null, Neutral: true) : Recipient.Of(contact);
        http.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.File(Encoding.UTF8.GetBytes(CalendarFile.Write(entry.ToEvents(to, site))), "text/calendar; charset=utf-8", "appointment.ics");
    }
}
