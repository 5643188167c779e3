using System.Text;
using MedTourism.Booking.ICalendar;

namespace MedTourism.Booking.Tests.ICalendar;

/// <summary>Random and hostile calendars. Whatever comes, it is read or refused by name, with bounded work and memory.</summary>
public sealed class HostileCalendarTests
{
    private static readonly TimeZoneInfo Almaty = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Pieces =
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD", "BEGIN:VFREEBUSY", "END:VFREEBUSY",
        "UID:a", "UID:", "UID:\u0001\uFFFF😀", "DTSTART:20261202T050000Z", "DTSTART;VALUE=DATE:20261202", "DTSTART:99991231T235959Z", "DTSTART:00010101T000000", "DTSTART:20260230T000000",
        "DTSTART;TZID=Asia/Almaty:16000101T000000", "DTSTART;TZID=\"a:b;c\":20261202T050000", "DTSTART;TZID=/dev/zero:20261202T050000", "DTEND:20261202T060000Z", "DTEND:98991231", "DTEND:16010101T000000Z",
        "DURATION:PT1H", "DURATION:-P1D", "DURATION:P999999999W", "DURATION:P", "RRULE:FREQ=DAILY", "RRULE:FREQ=SECONDLY;COUNT=2147483647", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MONTHLY;BYDAY=53MO,-53SU;BYSETPOS=-366", "RRULE:FREQ=WEEKLY;INTERVAL=2147483647", "RRULE:FREQ=HOURLY;UNTIL=16000101", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", "RRULE:;;=",
        "RDATE:20261204T050000Z,,x", "RDATE;VALUE=PERIOD:20261204T050000Z/P3650D,20261204T050000Z/16010101T000000Z", "EXDATE:20261203T050000Z", "RECURRENCE-ID:20261203T050000Z",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:16000101T000000Z", "SEQUENCE:99999999999", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "FREEBUSY:20261202T050000Z/PT1H,/,20261202T050000Z/-P9W",
        "TZID:x", "TZOFFSETFROM:+9999", "TZOFFSETFROM:-0500", "TZOFFSETTO:+0500", "TZOFFSETTO:+05:00", ":", ";", ";=:", "NAME", "\t\t", " folded", "ATTACH;ENCODING=BASE64:AAAA", "\r\r\r", "DTSTART;;;;:",
    ];

    [Test]
    public void Random_lines_in_any_order_are_read_or_refused()
    {
        var random = new Random(20261126);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 3_000; i++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Pieces[random.Next(Pieces.Length)]);
            var body = string.Join("\r\n", lines);
            Count(random.Next(4) == 0 ? body : $"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{Without(body)}\r\nEND:VEVENT\r\nEND:VCALENDAR");
        }

        TestContext.Out.WriteLine(string.Join(", ", outcomes.OrderByDescending(x => x.Value).Select(x => $"{x.Key} {x.Value}")));
        Assert.That(outcomes.Keys, Does.Contain("read").And.Contain("not-a-calendar").And.Contain("cut-off"));

        void Count(string text)
        {
            var outcome = Outcome(Encoding.UTF8.GetBytes(text));
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        static string Without(string body) => body.Replace("BEGIN:", "X-BEGIN:", StringComparison.Ordinal).Replace("END:", "X-END:", StringComparison.Ordinal);
    }

    [Test]
    public void A_good_calendar_with_any_octets_broken_is_read_or_refused()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes("BEGIN:VCALENDAR\r\n" + string.Concat(Enumerable.Range(1, 9).Select(day =>
            $"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;TZID=Central Asia Standard Time:2026120{day}T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=9\r\nEXDATE:2026121{day}T050000Z\r\nEND:VEVENT\r\n")) + "END:VCALENDAR\r\n");
        Assert.That(Outcome(good), Is.EqualTo("read"));
        for (var i = 0; i < 3_000; i++)
        {
            var broken = good.ToArray();
            for (var n = random.Next(1, 30); n > 0; n--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            Assert.That(Outcome(broken[..random.Next(broken.Length / 2, broken.Length)]), Is.Not.Empty);
        }
    }

    [Test]
    public void The_largest_calendars_take_bounded_memory()
    {
        const int size = CalendarLimits.Octets;
        string[] large =
        [
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" + new string('x', size - 100) + "\r\nEND:VEVENT\r\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRDATE:" + string.Concat(Enumerable.Repeat("20261202T050000Z,", (size - 200) / 17)) + "\r\nDTSTART:20261202T050000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\r\n" + string.Concat(Enumerable.Repeat("X\r\n ", (size - 100) / 4)) + "\r\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261202T050000Z\r\n" + string.Concat(Enumerable.Repeat("RRULE:FREQ=DAILY;BYHOUR=1,2,3\r\n", (size - 200) / 32)) + "END:VEVENT\r\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + string.Concat(Enumerable.Repeat("DTSTART" + string.Concat(Enumerable.Repeat(";A=B", 50)) + ":1\r\n", (size - 200) / 212)) + "END:VEVENT\r\nEND:VCALENDAR",
            "BEGIN:VCALENDAR\r\n" + string.Concat(Enumerable.Range(0, 4_900).Select(i =>
                $"BEGIN:VEVENT\r\nUID:{i}\r\nDTSTART;TZID=z{i}:16000101T000000\r\nDURATION:PT1S\r\nRRULE:FREQ=DAILY;COUNT=2000000000;BYSECOND=1,2,3,4,5,6,7,8,9;BYMINUTE=1,2,3,4,5,6,7,8,9;BYHOUR=1,2,3,4,5,6,7,8,9;BYDAY=MO;BYSETPOS=9\r\nEND:VEVENT\r\n")) + "END:VCALENDAR",
        ];
        foreach (var text in large)
        {
            var octets = Encoding.UTF8.GetBytes(text);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var outcome = Outcome(octets);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            TestContext.Out.WriteLine($"{octets.Length} octets: {outcome}, {allocated >> 20} MB allocated");
            Assert.That(allocated, Is.LessThan(400L << 20), text[..60]);
        }
    }

    private static string Outcome(byte[] octets)
    {
        try
        {
            var read = BusyCalendar.Read(octets, Almaty, Now);
            Assert.That(read.Times, Has.Count.LessThanOrEqualTo(CalendarLimits.Times));
            Assert.That(read.Times.All(x => x.End > Now && x.Start < Now + CalendarLimits.Horizon && x.Uid.Length <= 200), Is.True);
            return "read";
        }
        catch (CalendarRefusedException refused)
        {
            return refused.Code;
        }
    }
}
