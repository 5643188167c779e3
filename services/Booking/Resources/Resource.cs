using System.Security.Cryptography;
using System.Text;

namespace MedTourism.Booking.Resources;

/// <summary>Something an appointment occupies: one unit of a machine, a chair, a room. Time is sold on open ones only.</summary>
public sealed class Resource
{
    public const string Open = "open";
    public const string Closed = "closed";

    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; set; }

    public int Lane { get; init; } = 1;

    public required string TimeZone { get; init; }

    public required string Status { get; set; }

    public string? EquipmentId { get; init; }

    public int SlotMinutes { get; set; }

    /// <summary>Machines of one center with the same set are beam-matched; null if the machine stands alone.</summary>
    public string? MatchedSet { get; set; }

    public bool Demo { get; init; }

    /// <summary>The same id for the same unit, whichever replica hears of it first and however often.</summary>
    public static Guid IdOf(string owner, int lane)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"resource:{owner}:{lane}"));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}

/// <summary>Opening hours of one weekday in local time. An end at or before the start is on the next day.</summary>
public sealed class WeeklyHours
{
    public long Id { get; init; }

    public Guid ResourceId { get; init; }

    /// <summary>ISO 8601: Monday is 1, Sunday is 7.</summary>
    public short Weekday { get; init; }

    public TimeOnly FromLocal { get; init; }

    public TimeOnly ToLocal { get; init; }

    public DateOnly? ValidFrom { get; init; }

    public DateOnly? ValidTo { get; init; }

    public string? Note { get; init; }
}

/// <summary>A time when a resource, or a whole center, is closed although it is usually open, or open although it is usually closed.</summary>
public sealed class CalendarException
{
    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public Guid? ResourceId { get; init; }

    public DateTimeOffset FromAt { get; init; }

    public DateTimeOffset ToAt { get; init; }

    public required string Kind { get; init; }

    public string? Reason { get; init; }
}
