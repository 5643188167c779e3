using System.Globalization;
using System.Text;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>The appointment as an iCalendar file. Its title never names the treatment: calendars are seen by others.</summary>
public static class DownloadCalendar
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/booking/{id:guid}/calendar.ics", async (
        Guid id, HttpContext http, BookingClient booking, SecretCookies cookies, Site site, Texts texts, TimeProvider clock, CancellationToken ct) =>
    {
        http.Response.Headers.CacheControl = "no-store";
        return cookies.BookingKey(id) is { } key && (await booking.BookingAsync(id, key, ct)).Value is { State: "confirmed" or "cancelled" or "refunded" } found
            ? Results.File(Encoding.UTF8.GetBytes(Write(new(found, null, null, null, false, false), texts["booking.calendar-title", ("reference", found.Reference)], $"{site.PublicUrl}{site.Url($"/booking/{id}")}", clock.GetUtcNow())), "text/calendar; charset=utf-8", $"{found.Reference}.ics")
            : Pages.SeeOther(site.Url("/find-booking"));
    });

    public static string Write(ShowBooking.Model model, string title, string url, DateTimeOffset now)
    {
        var booking = model.Booking;
        string[] lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MedTourism//Web//EN", "METHOD:PUBLISH", .. EventsOf(booking).SelectMany(Written), "END:VCALENDAR"];
        return string.Concat(lines.SelectMany(Fold).Select(line => line + "\r\n"));

        string[] Written(Event one) =>
        [
            "BEGIN:VEVENT", $"UID:{one.Uid}@medtourism", $"DTSTAMP:{Utc(now)}", $"DTSTART:{Utc(one.Start)}", $"DTEND:{Utc(one.End)}",
            $"SEQUENCE:{one.Sequence.ToString(CultureInfo.InvariantCulture)}", $"STATUS:{(one.State switch { "cancelled" => "CANCELLED", "proposed" => "TENTATIVE", _ => "CONFIRMED" })}",
            $"SUMMARY:{Escape(title)}", $"LOCATION:{Escape(model.Center)}", $"URL:{url}", "CLASS:PRIVATE", "END:VEVENT",
        ];
    }

    private sealed record Event(string Uid, DateTimeOffset Start, DateTimeOffset End, int Sequence, string State);

    /// <summary>Named as in the mailed file and in the feed, so that all are one entry: a visit by its booking, every other session by itself.</summary>
    private static IEnumerable<Event> EventsOf(Booking booking)
    {
        if (booking.Sessions is not { Length: > 0 } sessions)
        {
            return [new(booking.Reference, booking.Start, booking.End, booking.Sequence, booking.State == "confirmed" ? "booked" : "cancelled")];
        }

        return sessions.Select(session => session.SessionId == booking.Id
            ? new Event(booking.Reference, session.Start, session.End, booking.Sequence, session.State)
            : new Event($"{session.SessionId}", session.Start, session.End, session.Sequence, session.State));
    }

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Lines of at most 75 octets; a continuation begins with a space. Never inside a character.</summary>
    private static IEnumerable<string> Fold(string line)
    {
        var part = new StringBuilder();
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > 75)
            {
                yield return part.ToString();
                part.Clear().Append(' ');
                octets = 1;
            }

            part.Append(rune);
            octets += rune.Utf8SequenceLength;
        }

        yield return part.ToString();
    }
}
