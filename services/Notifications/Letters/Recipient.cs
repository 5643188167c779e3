using MedTourism.Notifications.Contacts;

namespace MedTourism.Notifications.Letters;

/// <summary>Where the pages of the market are, and who writes.</summary>
public sealed record PublicSite(string Url, string From)
{
    public string Home(Texts texts) => $"{Url.TrimEnd('/')}/{texts.Culture}";

    /// <summary>Opens what the key is for and keeps it for the visit, so that no later address holds it.</summary>
    public string Open(Texts texts, string what, Guid id, string key) => $"{Home(texts)}/open/{what}/{id}/{key}";

    public string Booking(Texts texts, Guid bookingId) => $"{Home(texts)}/booking/{bookingId}";
}

/// <summary>The patient a letter goes to: language, time zone and whether the treatment may be named.</summary>
public sealed record Recipient(Texts Texts, string GivenNames, TimeZoneInfo? Zone, bool Neutral)
{
    public static readonly TimeZoneInfo Kazakhstan = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");

    /// <summary>Where this reader's deadlines are told.</summary>
    public TimeZoneInfo OwnZone => Zone ?? Kazakhstan;

    public Phrase Greeting => Texts.Phrase("greeting", ("name", GivenNames));

    public static Recipient Of(Contact contact)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return new Recipient(Texts.For(contact.Culture), contact.GivenNames, FindZone(contact.PatientTimeZone), contact.NeutralTitle);
    }

    public static TimeZoneInfo? FindZone(string? id) =>
        id is { Length: > 0 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;

    /// <summary>A moment on the center's clock and, if it shows another time, on the patient's.</summary>
    public IReadOnlyList<Clock> Clocks(DateTimeOffset instant, TimeZoneInfo center)
    {
        ArgumentNullException.ThrowIfNull(center);
        var atCenter = ClockOf("zone.center", instant, center);
        return Zone is { } own && own.GetUtcOffset(instant) != center.GetUtcOffset(instant) ? [atCenter, ClockOf("zone.patient", instant, own)] : [atCenter];
    }

    public (string, Value)[] When(DateTimeOffset instant, TimeZoneInfo zone) =>
        [("date", Texts.Date(instant, zone)), ("time", Texts.Time(instant, zone)), ("offset", Texts.Offset(instant, zone))];

    /// <summary>A deadline on the reader's own clock.</summary>
    public (string, Value)[] Until(DateTimeOffset instant) => [("time", Texts.Moment(instant, OwnZone)), ("offset", Texts.Offset(instant, OwnZone))];

    private Clock ClockOf(string key, DateTimeOffset instant, TimeZoneInfo zone) =>
        new(Texts.Phrase(key, ("offset", Texts.Offset(instant, zone))), Texts.Time(instant, zone), Texts.Date(instant, zone));
}
