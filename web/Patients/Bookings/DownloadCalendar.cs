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
        var lines = new[]
        {
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MedTourism//Web//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
            // The same as in the mailed file, so that both are one entry.
            $"UID:{booking.Reference}@medtourism", $"DTSTAMP:{Utc(now)}", $"DTSTART:{Utc(booking.Start)}", $"DTEND:{Utc(booking.End)}",
            $"SEQUENCE:{booking.Sequence.ToString(CultureInfo.InvariantCulture)}", $"STATUS:{(booking.State == "confirmed" ? "CONFIRMED" : "CANCELLED")}",
            $"SUMMARY:{Escape(title)}", $"LOCATION:{Escape(model.Center)}", $"URL:{url}", "CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR",
        };
        return string.Concat(lines.SelectMany(Fold).Select(line => line + "\r\n"));
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
