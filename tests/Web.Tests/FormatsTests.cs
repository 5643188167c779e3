using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Landing;
using MedTourism.Web.Patients.Retrieval;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Tests;

/// <summary>Money, days and times as people read them, in each language.</summary>
public sealed partial class FormatsTests
{
    private static readonly DateOnly FirstOfDecember = new(2026, 12, 1);

    [TestCase("en", 22_500_000, "KZT", "225,000\u00A0₸")]
    [TestCase("ru", 22_500_000, "KZT", "225\u00A0000\u00A0₸")]
    [TestCase("ar", 125_000_000, "KZT", "1\u00A0250\u00A0000\u00A0₸")]
    [TestCase("en", 125_050, "USD", "$1,250.50")]
    [TestCase("fr", 125_050, "USD", "1\u00A0250,50\u00A0$")]
    [TestCase("kk", -4_500_000, "KZT", "−45\u00A0000\u00A0₸")]
    public void Money_is_grouped_by_what_does_not_break(string culture, long minor, string currency, string expected) =>
        Assert.That(In(culture, () => Formats.Money(minor, currency)), Is.EqualTo(expected));

    [TestCase("en", "Tuesday 1 December 2026")]
    [TestCase("ru", "вторник, 1 декабря 2026 г.")]
    [TestCase("kk", "2026 ж. 1 желтоқсан, сейсенбі")]
    [TestCase("fr", "mardi 1ᵉʳ décembre 2026")]
    [TestCase("ar", "الثلاثاء 1 ديسمبر 2026")]
    public void A_day_is_Gregorian_with_Western_digits(string culture, string expected) =>
        Assert.That(In(culture, () => Formats.FullDay(FirstOfDecember)), Is.EqualTo(expected));

    [TestCase("en", "29 Nov – 1 Dec 2026", "29 Dec 2026 – 2 Jan 2027")]
    [TestCase("ru", "29 нояб. – 1 дек. 2026", "29 дек. 2026 – 2 янв. 2027")]
    [TestCase("kk", "2026 ж. 29 қар. – 1 жел.", "2026 ж. 29 жел. – 2027 ж. 2 қаң.")]
    [TestCase("fr", "29 nov. – 1ᵉʳ déc. 2026", "29 déc. 2026 – 2 janv. 2027")]
    [TestCase("ar", "29 نوفمبر – 1 ديسمبر 2026", "29 ديسمبر 2026 – 2 يناير 2027")]
    public void A_range_names_its_year_once(string culture, string within, string across)
    {
        Assert.That(In(culture, () => Plain(new(2026, 11, 29), FirstOfDecember)), Is.EqualTo(within));
        Assert.That(In(culture, () => Plain(new(2026, 12, 29), new(2027, 1, 2))), Is.EqualTo(across));

        static string Plain(DateOnly from, DateOnly to) => System.Net.WebUtility.HtmlDecode(Formats.Range(from, to).Value.Replace("<bdi>", "", StringComparison.Ordinal).Replace("</bdi>", "", StringComparison.Ordinal));
    }

    [TestCase("en", "Tue 1 Dec, 10:00", "Tuesday 1 December 2026, 10:00")]
    [TestCase("ru", "вт, 1 дек., 10:00", "вторник, 1 декабря 2026 г., 10:00")]
    [TestCase("ar", "الثلاثاء 1 ديسمبر، 10:00", "الثلاثاء 1 ديسمبر 2026، 10:00")]
    public void A_day_and_its_time_are_parted_by_the_comma_of_the_language(string culture, string moment, string full)
    {
        var start = new DateTimeOffset(2026, 12, 1, 5, 0, 0, TimeSpan.Zero);

        Assert.That(In(culture, () => Formats.Moment(start, "Asia/Almaty")), Is.EqualTo(moment));
        Assert.That(In(culture, () => Formats.MomentAndYear(start, "Asia/Almaty")), Does.EndWith(moment[^7..]));
        Assert.That(In(culture, () => Formats.FullMoment(start, "Asia/Almaty")), Is.EqualTo(full));
    }

    /// <summary>A page that writes its own comma between two values is wrong in Arabic: <see cref="Formats.Comma"/> knows which one it is.</summary>
    [Test]
    public void No_page_writes_a_comma_of_its_own_between_values()
    {
        var web = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../web"));
        var own = Directory.EnumerateFiles(web, "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadAllLines(file).Select((line, at) => (Where: $"{Path.GetFileName(file)}:{at + 1}", Line: line)))
            .Where(one => OwnComma().IsMatch(one.Line)).Select(one => one.Where);

        Assert.That(own, Is.Empty);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>Between two values in markup, in an interpolated string, or as what joins a list.</summary>
    [GeneratedRegex("""(?<=[>)A-Za-z\]]), ?(?=<(bdi|a|span|Local|small|strong)[ >])|</\w+>, ?@|<(text|span)>, |\)\), ?@Formats|\}, \{\w|Join\(", "|@\w+\(?\w*\)?, @""")]
    private static partial Regex OwnComma();

    [Test]
    public void A_start_is_told_on_both_clocks()
    {
        var start = new DateTimeOffset(2026, 12, 1, 20, 0, 0, TimeSpan.Zero);

        Assert.That(Formats.TimeAt(start, "Asia/Almaty"), Is.EqualTo("01:00"));
        Assert.That(Formats.DayAt(start, "Asia/Almaty"), Is.EqualTo(new DateOnly(2026, 12, 2)));
        Assert.That(Formats.TimeAt(start, "Europe/Berlin"), Is.EqualTo("21:00"));
        Assert.That(Formats.Offset(start, "Asia/Almaty"), Is.EqualTo("UTC+5"));
        Assert.That(Formats.Offset(start, "America/St_Johns"), Is.EqualTo("UTC−3:30"));
        Assert.That(Formats.ZoneCity("America/New_York"), Is.EqualTo("New York"));
    }

    [TestCase("٢٠٢٦", "2026")]
    [TestCase("۱۴", "14")]
    [TestCase("+7 (700)", "+7 (700)")]
    public void Digits_of_any_keyboard_are_understood(string typed, string expected) => Assert.That(Formats.WesternDigits(typed), Is.EqualTo(expected));

    [TestCase("kz4f7q92", "KZ-4F7Q-92")]
    [TestCase(" KZ 4F7Q 92 ", "KZ-4F7Q-92")]
    [TestCase("KZ-4F7Q-9٢", "KZ-4F7Q-92")]
    [TestCase("KZ-4F7", null)]
    public void A_reference_is_read_however_it_is_typed(string typed, string? expected) => Assert.That(FindBooking.Reference(typed), Is.EqualTo(expected));

    [TestCase("+44 (0) 7700 900000", "+447700900000")]
    [TestCase("0044 7700-900-000", "+447700900000")]
    [TestCase("+٤٤ ٧٧٠٠ ٩٠٠٠٠٠", "+447700900000")]
    [TestCase("8 701 000 00 00", null)]
    [TestCase("+44 call me", null)]
    public void A_phone_number_needs_its_country(string typed, string? expected) => Assert.That(AskContact.Phone(typed), Is.EqualTo(expected));

    [TestCase("Айгүл", "AIGUL")]
    [TestCase("Щукин", "SHCHUKIN")]
    [TestCase("Әбдірахманқызы", "ABDIRAKHMANKYZY")]
    public void A_Cyrillic_name_gets_a_Latin_suggestion(string name, string expected) => Assert.That(Transliteration.Latin(name), Is.EqualTo(expected));

    [TestCase("Nuclear medicine: PET/CT, SPECT", "Nuclear medicine")]
    [TestCase("Karaganda (Qaraghandy)", "Karaganda")]
    [TestCase("Médecine nucléaire : TEP/TDM", "Médecine nucléaire")]
    public void A_tile_shows_the_first_words(string name, string expected) => Assert.That(LandingPage.Short(name), Is.EqualTo(expected));

    private static T In<T>(string culture, Func<T> write)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = Cultures.Find(culture)!.Culture;
        try
        {
            return write();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
