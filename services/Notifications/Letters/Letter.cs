using MedTourism.Notifications.Calendars;

namespace MedTourism.Notifications.Letters;

/// <summary>Everything a letter says, before it is written as HTML and as text.</summary>
public sealed record Letter(Texts Texts, Phrase Subject, Phrase Heading, Phrase Footer)
{
    public string? Reference { get; init; }

    public Phrase? Greeting { get; init; }

    public IReadOnlyList<Phrase> Paragraphs { get; init; } = [];

    /// <summary>A code to type, shown large.</summary>
    public string? Code { get; init; }

    public IReadOnlyList<Clock> Clocks { get; init; } = [];

    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>Appointments one by one, or what each of them becomes.</summary>
    public IReadOnlyList<LetterSession> Sessions { get; init; } = [];

    public LetterAction? Action { get; init; }

    public IReadOnlyList<Phrase> Notes { get; init; } = [];

    public IReadOnlyList<CalendarEvent> Calendar { get; init; } = [];
}

/// <summary>One moment as one place sees it.</summary>
public sealed record Clock(Phrase Label, string Time, string Date);

/// <summary>One appointment: what it is, when it is, and when it was if that changed.</summary>
public sealed record LetterSession(string Label, string When, string? Was = null);

public sealed record Fact(string Label, Phrase Value);

public sealed record LetterAction(string Label, string Address);
