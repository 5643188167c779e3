using System.Globalization;
using MedTourism.Booking.ICalendar;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Feeds;

/// <summary>Writes a feed as iCalendar. The same data give the same octets: nothing in it is of the moment of writing.</summary>
public static class FeedFile
{
    public static string Write(Feed feed, string? resourceName, IEnumerable<FeedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(events);
        var text = new CalendarText()
            .Line("BEGIN:VCALENDAR").Line("VERSION:2.0").Line("PRODID:-//MedTourism//Booking//EN").Line("CALSCALE:GREGORIAN").Line("METHOD:PUBLISH")
            .Text("X-WR-CALNAME", resourceName ?? FeedTexts.Appointments(feed.Culture))
            .Line("REFRESH-INTERVAL;VALUE=DURATION:PT1H").Line("X-PUBLISHED-TTL:PT1H");
        foreach (var session in events)
        {
            Write(text, feed, session);
        }

        return text.Line("END:VCALENDAR").ToString();
    }

    private static void Write(CalendarText text, Feed feed, FeedEvent session)
    {
        var cancelled = session.State == Session.Cancelled;
        text.Line("BEGIN:VEVENT")
            .Text("UID", session.Uid)
            .Line($"SEQUENCE:{session.Sequence.ToString(CultureInfo.InvariantCulture)}")
            .Time("DTSTAMP", session.ChangedAt).Time("LAST-MODIFIED", session.ChangedAt)
            .Time("DTSTART", session.Start).Time("DTEND", session.End)
            .Line($"STATUS:{(cancelled ? "CANCELLED" : session.State == Session.Proposed ? "TENTATIVE" : "CONFIRMED")}")
            .Line($"TRANSP:{(cancelled ? "TRANSPARENT" : "OPAQUE")}")
            .Line("CLASS:PRIVATE")
            .Text("SUMMARY", Title(feed, session));
        if (feed.ResourceId is null)
        {
            if (!feed.NeutralTitle && FeedTexts.Name(session.CenterNames, feed.Culture) is { } center)
            {
                text.Text("LOCATION", center);
            }

            text.Text("DESCRIPTION", session.Reference);
        }

        text.Line("END:VEVENT");
    }

    /// <summary>How many sessions there are says much about a treatment, so a neutral title leaves it out.</summary>
    private static string Title(Feed feed, FeedEvent session)
    {
        var part = session.Count > 1 ? $" · {session.Number}/{session.Count}" : string.Empty;
        return feed.ResourceId is not null ? session.Reference + part
            : feed.NeutralTitle ? FeedTexts.Appointment(feed.Culture)
            : FeedTexts.Name(session.ProcedureNames, feed.Culture) + part;
    }
}
