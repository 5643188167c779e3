using System.Globalization;
using System.Text;
using MedTourism.Booking.ICalendar;

namespace MedTourism.Booking.Tests.ICalendar;

public sealed class BusyCalendarTests
{
    private static readonly TimeZoneInfo Almaty = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Tentative_is_busy_transparent_and_cancelled_are_free()
    {
        var read = Read(
            Event("a", "DTSTART:20261202T050000Z\r\nDTEND:20261202T060000Z\r\nSTATUS:TENTATIVE"), Event("b", "DTSTART:20261203T050000Z\r\nDTEND:20261203T060000Z\r\nTRANSP:TRANSPARENT"),
            Event("c", "DTSTART:20261204T050000Z\r\nDTEND:20261204T060000Z\r\nSTATUS:CANCELLED"), Event("d", "DTSTART:20261205T050000Z\r\nDURATION:PT90M"));
        Assert.That(Shown(read), Is.EqualTo(new[] { "a 12-02 05:00 12-02 06:00", "d 12-05 05:00 12-05 06:30" }));
        Assert.That((read.Events, read.Notes.Count), Is.EqualTo((4, 0)));
    }

    [Test]
    public void A_whole_day_and_a_time_without_a_zone_are_the_clinics_own()
    {
        var read = Read(Event("day", "DTSTART;VALUE=DATE:20261203"), Event("days", "DTSTART;VALUE=DATE:20261210\r\nDTEND;VALUE=DATE:20261212"), Event("floating", "DTSTART:20261205T100000\r\nDURATION:PT1H"));
        Assert.That(Shown(read), Is.EqualTo(new[] { "day 12-02 19:00 12-03 19:00", "floating 12-05 05:00 12-05 06:00", "days 12-09 19:00 12-11 19:00" }));
    }

    [TestCase("Asia/Almaty", "05:00")]
    [TestCase("asia/almaty", "05:00")]
    [TestCase("/freeassociation.sourceforge.net/Asia/Almaty", "05:00")]
    [TestCase("Central Asia Standard Time", "04:00", Description = "Bishkek, +06. By .NET's own mapping on Debian it would be Almaty, +05.")]
    [TestCase("West Asia Standard Time", "05:00")]
    [TestCase("W. Europe Standard Time", "09:00")]
    [TestCase("Europe/Berlin", "09:00")]
    public void A_zone_is_found_by_its_name_or_by_windows_name(string zone, string start)
    {
        var read = Read(Event("a", $"DTSTART;TZID=\"{zone}\":20261202T100000\r\nDURATION:PT1H"));
        Assert.That((Shown(read).Single()[..13], read.Notes.Count), Is.EqualTo(($"a 12-02 {start}", 0)));
    }

    [TestCase("/dev/zero")]
    [TestCase("../../../etc/passwd")]
    [TestCase("Mars/Olympus")]
    public void A_zone_nobody_knows_is_busy_by_the_clinics_clock_and_told(string zone)
    {
        var read = Read(Event("a", $"DTSTART;TZID={zone}:20261202T100000\r\nDURATION:PT1H"));
        Assert.That(read.Times.Single(), Is.EqualTo(new BusyTime("a", string.Empty, At(2, 5), At(2, 6), "zone-unknown")));
        Assert.That(read.Notes, Is.EqualTo(new[] { new CalendarNote("zone-unknown", 1, zone) }));
    }

    [Test]
    public void Rules_that_the_calendar_brings_count_where_no_name_does()
    {
        const string zone =
            """
            BEGIN:VTIMEZONE
            TZID:Our clock
            BEGIN:STANDARD
            DTSTART:16011028T030000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
            TZOFFSETFROM:+0300
            TZOFFSETTO:+0200
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:16010325T020000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0300
            END:DAYLIGHT
            END:VTIMEZONE
            """;
        var read = Read(zone, Event("winter", "DTSTART;TZID=Our clock:20261202T100000\r\nDURATION:PT1H"), Event("summer", "DTSTART;TZID=Our clock:20270420T100000\r\nDURATION:PT1H"));
        Assert.That(Shown(read), Is.EqualTo(new[] { "winter 12-02 08:00 12-02 09:00", "summer 04-20 07:00 04-20 08:00" }));
        Assert.That(read.Notes, Is.Empty);
    }

    [Test]
    public void Old_rules_of_a_named_zone_give_way_to_the_database_and_are_told()
    {
        const string zone = "BEGIN:VTIMEZONE\r\nTZID:Asia/Almaty\r\nBEGIN:STANDARD\r\nDTSTART:20041031T030000\r\nTZOFFSETFROM:+0700\r\nTZOFFSETTO:+0600\r\nEND:STANDARD\r\nEND:VTIMEZONE";
        var read = Read(zone, Event("a", "DTSTART;TZID=Asia/Almaty:20261202T100000\r\nDURATION:PT1H"));
        Assert.That((Shown(read).Single(), read.Notes.Single()), Is.EqualTo(("a 12-02 05:00 12-02 06:00", new CalendarNote("zone-contradicts", 1, "Asia/Almaty"))));
    }

    [Test]
    public void A_series_loses_its_exceptions_and_moves_its_moved_ones()
    {
        var read = Read(
            Event("s", "DTSTART;TZID=Asia/Almaty:20261201T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;UNTIL=20261206T050000Z\r\nEXDATE;TZID=Asia/Almaty:20261203T100000\r\nRDATE:20261220T050000Z"),
            Event("s", "RECURRENCE-ID;TZID=Asia/Almaty:20261204T100000\r\nDTSTART;TZID=Asia/Almaty:20261204T150000\r\nDURATION:PT2H"),
            Event("s", "RECURRENCE-ID:20261205T050000Z\r\nDTSTART:20261205T050000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED"));
        Assert.That(Shown(read), Is.EqualTo(new[]
        {
            "s 12-01 05:00 12-01 06:00", "s 12-02 05:00 12-02 06:00", "s 12-04 10:00 12-04 12:00", "s 12-06 05:00 12-06 06:00", "s 12-20 05:00 12-20 06:00",
        }));
        Assert.That(read.Times.Single(x => x.Start == At(4, 10)).Instance, Is.EqualTo("20261204T050000Z"), "named by where it was, so that it is known when it moves again");
    }

    [Test]
    public void A_change_to_this_and_all_later_ones_moves_all_later_ones()
    {
        var read = Read(
            Event("s", "DTSTART:20261202T050000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=4"),
            Event("s", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261204T050000Z\r\nDTSTART:20261204T080000Z\r\nDURATION:PT2H"));
        Assert.That(Shown(read), Is.EqualTo(new[] { "s 12-02 05:00 12-02 06:00", "s 12-03 05:00 12-03 06:00", "s 12-04 08:00 12-04 10:00", "s 12-05 08:00 12-05 10:00" }));
    }

    [Test]
    public void What_cannot_be_read_for_certain_is_busy_once_and_told()
    {
        var read = Read(
            Event("rule", "DTSTART:20261202T050000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HIJRI"), Event("nothing", "SUMMARY:x"), Event("back", "DTSTART:20261202T050000Z\r\nDTEND:20261201T050000Z"),
            Event("long", "DTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;COUNT=2147483647"));
        Assert.That(read.Times.Single(), Is.EqualTo(new BusyTime("rule", "20261202T050000Z", At(2, 5), At(2, 6), "rule-unreadable")));
        Assert.That(read.Notes.Select(x => x.Code), Is.EqualTo(new[] { "ends-before-start", "rule-too-long", "rule-unreadable", "start-unreadable" }));
    }

    [Test]
    public void Only_what_is_within_the_horizon_counts_and_an_old_series_goes_on()
    {
        var read = Read(
            Event("old", "DTSTART:20261130T220000Z\r\nDTEND:20261201T010000Z"), Event("past", "DTSTART:20261101T050000Z\r\nDURATION:PT1H"),
            Event("far", "DTSTART:20280101T050000Z\r\nDURATION:PT1H"), Event("weekly", "DTSTART:20150105T050000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY"));
        Assert.That(read.Times.Count(x => x.Uid == "weekly"), Is.EqualTo(25), "Mondays from 7 December to 24 May");
        Assert.That(read.Times.Where(x => x.Uid != "weekly").Select(x => x.Uid), Is.EqualTo(new[] { "old" }), "what goes on at this moment is taken");
    }

    [Test]
    public void Free_busy_lists_and_events_that_share_one_uid_are_all_read()
    {
        var read = Read(
            "BEGIN:VFREEBUSY\r\nUID:f\r\nFREEBUSY;FBTYPE=BUSY:20261202T050000Z/PT1H,20261203T050000Z/20261203T063000Z\r\nFREEBUSY;FBTYPE=FREE:20261204T050000Z/PT1H\r\nEND:VFREEBUSY",
            Event("same", "DTSTART:20261205T050000Z\r\nDURATION:PT1H"), Event("same", "DTSTART:20261206T050000Z\r\nDURATION:PT1H"), Event("", "DTSTART:20261207T050000Z\r\nDURATION:PT1H"));
        Assert.That(read.Times.Select(x => x.Start).Order(), Is.EqualTo(new[] { At(2, 5), At(3, 5), At(5, 5), At(6, 5), At(7, 5) }));
    }

    [Test]
    public void Titles_and_people_are_never_kept()
    {
        var file = File(Event("a", "DTSTART:20261202T050000Z\r\nDURATION:PT1H\r\nSUMMARY:Ivanov\r\nATTENDEE;CN=Ivanov:mailto:ivanov@example.org"));
        var kept = CalendarComponent.Read(file).SelectMany(x => x.Parts).SelectMany(x => x.Lines).ToList();
        Assert.That(kept.Select(x => x.Name), Is.EquivalentTo(new[] { "UID", "DTSTART", "DURATION" }));
    }

    [TestCase("", "not-a-calendar")]
    [TestCase("<!DOCTYPE html><html></html>", "not-a-calendar")]
    [TestCase("BEGIN:VCARD\r\nEND:VCARD\r\n", "not-a-calendar")]
    [TestCase("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", "cut-off")]
    [TestCase("BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "not-a-calendar")]
    [TestCase("BEGIN:VCALENDAR\0", "wrong-encoding")]
    public void What_is_no_whole_calendar_is_refused_by_name(string text, string code) =>
        Assert.That(Assert.Throws<CalendarRefusedException>(() => BusyCalendar.Read(Encoding.UTF8.GetBytes(text), Almaty, Now))!.Code, Is.EqualTo(code));

    [Test]
    public void Too_much_is_refused_by_name()
    {
        var day = "DTSTART:20261202T050000Z\r\nDURATION:PT1M";
        Assert.Multiple(() =>
        {
            Assert.That(Refused(string.Concat(Enumerable.Repeat("BEGIN:VEVENT\r\n", 20))), Is.EqualTo("nested-too-deeply"));
            Assert.That(Refused(string.Concat(Enumerable.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 5_001))), Is.EqualTo("too-many-events"));
            Assert.That(Refused(new string('x', 2 * 1024 * 1024)), Is.EqualTo("too-large"));
            Assert.That(Refused(Event("m", day + "\r\nRRULE:FREQ=MINUTELY")), Is.EqualTo("too-many-times"));
            Assert.That(Refused(string.Concat(Enumerable.Range(0, 100).Select(i => Event($"{i}", "DTSTART:19000101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;COUNT=2000000000")))), Is.EqualTo("calendar-too-long"));
        });

        static string Refused(string inner) => Assert.Throws<CalendarRefusedException>(() => BusyCalendar.Read(File(inner), Almaty, Now))!.Code;
    }

    private static BusyCalendar Read(params string[] parts) => BusyCalendar.Read(File(parts), Almaty, Now);

    private static byte[] File(params string[] parts) => Encoding.UTF8.GetBytes($"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{string.Join("\r\n", parts)}\r\nEND:VCALENDAR\r\n");

    private static string Event(string uid, string lines) => $"BEGIN:VEVENT\r\n{(uid.Length > 0 ? $"UID:{uid}\r\n" : string.Empty)}{lines}\r\nEND:VEVENT\r\n";

    private static DateTimeOffset At(int day, int hour) => new(2026, 12, day, hour, 0, 0, TimeSpan.Zero);

    private static IEnumerable<string> Shown(BusyCalendar calendar) => calendar.Times.OrderBy(x => x.Start)
        .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Uid} {x.Start.UtcDateTime:MM-dd HH:mm} {x.End.UtcDateTime:MM-dd HH:mm}"));
}
