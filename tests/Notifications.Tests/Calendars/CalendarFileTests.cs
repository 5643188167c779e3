using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Tests.Support;

namespace MedTourism.Notifications.Tests.Calendars;

public sealed class CalendarFileTests
{
    // Letters of one to four octets, everything the format escapes, joiners and marks that belong to the letter before them.
    private static readonly string[] Characters =
        ["a", " ", ",", ";", "\\", ":", "\n", "\r\n", "\t", "\"", "é", "Қ", "ң", "ж", "ع", "م", "ـ", "₸", "中", "\u200D", "\u0301", "😀", "👨‍👩‍👧", "n", "N"];

    private static readonly Arbitrary<string> AnyText = Arb.From(
        Gen.Elements(Characters).ListOf().Select(list => string.Concat(list)));

    private static readonly DateTimeOffset Changed = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    [Test]
    public void No_line_is_longer_than_75_octets_no_character_is_split_and_unfolding_gives_the_text_back() =>
        Prop.ForAll(AnyText, text =>
        {
            var folded = CalendarFile.Fold("SUMMARY:" + CalendarFile.Text(text));
            var lines = folded.Split("\r\n");
            return lines.All(line => Encoding.UTF8.GetByteCount(line) <= 75 && !line.Contains('\uFFFD') && !line.Contains('\n'))
                && lines.Skip(1).All(line => line.StartsWith(' '))
                && Unescape(folded.Replace("\r\n ", "", StringComparison.Ordinal)["SUMMARY:".Length..]) == text.ReplaceLineEndings("\n");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(400));

    [Test]
    public void Lines_are_as_long_as_they_may_be()
    {
        var lines = CalendarFile.Fold(new string('x', 300)).Split("\r\n");
        Assert.That(lines.Select(line => line.Length), Is.EqualTo(new[] { 75, 75, 75, 75, 4 }));
    }

    [Test]
    public void Control_characters_that_the_format_forbids_are_left_out() =>
        Assert.That(CalendarFile.Text("a\u0000b\u001Bc\u007Fd"), Is.EqualTo("abcd"));

    [Test]
    public async Task Ical_js_reads_every_text_as_it_was()
    {
        var texts = Gen.Elements(Characters).ListOf(120).Select(list => string.Concat(list)).Sample(150).Concat(["plain"]).ToList();
        var told = await IcalJs.ReadAsync(texts.Select(text => CalendarFile.Write(Event("Asia/Almaty", Samples.Start) with { Summary = text, Location = text })));
        Assert.That(told.Select(event_ => event_.Summary), Is.EqualTo(texts.Select(text => text.ReplaceLineEndings("\n"))));
        Assert.That(told.Select(event_ => event_.Location), Is.EqualTo(texts.Select(text => text.ReplaceLineEndings("\n"))));
    }

    [Test]
    public async Task Ical_js_reads_the_right_instants_in_every_zone_on_both_sides_of_its_changes()
    {
        string[] zones = ["Asia/Almaty", "Asia/Qyzylorda", "Asia/Aqtau", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "UTC"];
        DateTimeOffset[] starts =
        [
            Samples.Start, new(2024, 2, 29, 4, 0, 0, TimeSpan.Zero), new(2024, 3, 1, 4, 0, 0, TimeSpan.Zero), new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero),
            new(2026, 3, 29, 12, 0, 0, TimeSpan.Zero), new(2026, 7, 1, 8, 30, 0, TimeSpan.Zero), new(2026, 10, 25, 12, 0, 0, TimeSpan.Zero), new(2027, 2, 1, 23, 0, 0, TimeSpan.Zero),
        ];
        var events = zones.SelectMany(zone => starts.Select(start => Event(zone, start))).ToList();
        var told = await IcalJs.ReadAsync(events.Select(event_ => CalendarFile.Write(event_)));
        Assert.That(told.Select(event_ => (event_.Tzid, event_.Start, event_.End)), Is.EqualTo(events.Select(event_ => (event_.Zone.Id, event_.Start, event_.End))));
    }

    [Test]
    public void Kazakhstan_is_at_plus_five_since_march_2024_and_the_file_says_so_itself()
    {
        var file = CalendarFile.Write(Event("Asia/Almaty", Samples.Start));
        Assert.That(file, Does.Contain("DTSTART;TZID=Asia/Almaty:20261201T100000\r\n"));
        Assert.That(file, Does.Contain("DTSTART:20240301T000000\r\nTZOFFSETFROM:+0600\r\nTZOFFSETTO:+0500\r\n"));
        Assert.That(file.Replace("\r\n", "", StringComparison.Ordinal), Does.Not.Contain("\n").And.Not.Contain("\r"));
    }

    [Test]
    public async Task A_cancellation_keeps_the_uid_raises_the_sequence_and_rings_no_bell()
    {
        var confirmed = Event("Asia/Almaty", Samples.Start);
        var told = await IcalJs.ReadAsync([CalendarFile.Write(confirmed), CalendarFile.Write(confirmed with { Sequence = 1, Cancelled = true })]);
        Assert.That(told[0], Is.EqualTo(told[1] with { Sequence = 0, Status = "CONFIRMED", Alarm = "-P1D" }));
        Assert.That((told[1].Uid, told[1].Sequence, told[1].Status, told[1].Alarm), Is.EqualTo(("KZ-4F7Q-92@medtourism", 1, "CANCELLED", (string?)null)));
    }

    private static CalendarEvent Event(string zone, DateTimeOffset start) => new(
        "KZ-4F7Q-92@medtourism", 0, false, "ПЭТ/КТ, всё тело; natürlich", "Center", "Booking KZ-4F7Q-92", "https://emdeu.example/en/booking/1",
        TimeZoneInfo.FindSystemTimeZoneById(zone), start, start.AddMinutes(90), Changed, "Tomorrow", "hello@emdeu.example");

    private static string Unescape(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] != '\\' ? text[i] : text[++i] is 'n' or 'N' ? '\n' : text[i]);
        }

        return result.ToString();
    }
}
