namespace MedTourism.Notifications.Calendars;

/// <summary>One appointment as a calendar shows it.</summary>
public sealed record CalendarEvent(
    string Uid,
    int Sequence,
    bool Cancelled,
    string Summary,
    string? Location,
    string Description,
    string Url,
    TimeZoneInfo Zone,
    DateTimeOffset Start,
    DateTimeOffset End,
    DateTimeOffset ChangedAt,
    string AlarmText,
    string Organiser);
