using MedTourism.Booking.ICalendar;

namespace MedTourism.Booking.Imports;

/// <summary>Why a calendar could not be read: a stable code, and the limit or HTTP status it is about.</summary>
public sealed record ImportProblem(string Code, string Detail, long? Limit)
{
    public static ImportProblem Of(CalendarRefusedException refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        return new ImportProblem(refused.Code, refused.Message, refused.Limit);
    }
}

/// <summary>
/// A calendar of another system that takes time of one resource here. A <c>url</c> is read again and again; a <c>file</c> is what was uploaded last under
/// its name. While it fails, the times of its last reading stay taken.
/// </summary>
public sealed class Import
{
    public const string OfUrl = "url";
    public const string OfFile = "file";

    public Guid Id { get; init; }

    public Guid ResourceId { get; init; }

    public required string CenterId { get; init; }

    public required string Kind { get; init; }

    /// <summary>Sealed: read it with <see cref="ImportAddresses"/>.</summary>
    public string? Url { get; init; }

    public byte[]? UrlHash { get; init; }

    public required string Name { get; init; }

    /// <summary><c>waiting</c> for its first reading, <c>read</c> or <c>failing</c>.</summary>
    public required string State { get; init; }

    public ImportProblem? Problem { get; init; }

    public List<CalendarNote> Notes { get; init; } = [];

    public int Events { get; init; }

    public string? Etag { get; init; }

    public DateTimeOffset? LastReadAt { get; init; }

    public DateTimeOffset? LastTriedAt { get; init; }

    public DateTimeOffset? NextReadAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Not read from here on, until the clinic goes on with it; what it took stays taken.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
