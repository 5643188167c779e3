using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Waitlist;

/// <summary>Someone waits for time of an offer within a window. Who joined first is asked first; an entry keeps its place until it is over.</summary>
/// <remarks>waiting → offered | removed | ended; offered → waiting | booked | removed | ended.</remarks>
public sealed class WaitlistEntry
{
    public const string Waiting = "waiting";
    public const string Offered = "offered";
    public const string Booked = "booked";
    public const string Removed = "removed";
    public const string Ended = "ended";

    /// <summary>Why it ended: its window is past, or it let too many offers lapse.</summary>
    public const string WindowPast = "window-past";
    public const string OffersLapsed = "offers-lapsed";

    public Guid Id { get; init; }

    /// <summary>Rises in the order of joining; never changes.</summary>
    public long Place { get; init; }

    public Guid OfferId { get; init; }

    public required string CenterId { get; init; }

    public required string TimeZone { get; init; }

    public required string State { get; init; }

    /// <summary>First and last day of the window in the center's calendar.</summary>
    public DateOnly FromOn { get; init; }

    public DateOnly ToOn { get; init; }

    /// <summary>The same window as moments: starts in [from, to) are wanted.</summary>
    public DateTimeOffset FromAt { get; init; }

    public DateTimeOffset ToAt { get; init; }

    /// <summary>ISO 8601 weekdays (Monday 1); empty for all.</summary>
    public required int[] Weekdays { get; init; }

    /// <summary>Local start times that suit, both included; null for any.</summary>
    public TimeOnly? Earliest { get; init; }

    public TimeOnly? Latest { get; init; }

    public required byte[] AccessKeyHash { get; init; }

    public byte[]? Caller { get; init; }

    public byte[]? Person { get; init; }

    public string? PatientSubject { get; init; }

    /// <summary>The agency that entered the patient.</summary>
    public Guid? OrganisationId { get; init; }

    public int Lapses { get; init; }

    public string? EndedBecause { get; init; }

    public Guid? BookingId { get; init; }

    public DateTimeOffset JoinedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public bool IsLive => State is Waiting or Offered;

    public bool Wants(DateTimeOffset start, TimeZoneInfo zone)
    {
        if (start < FromAt || start >= ToAt)
        {
            return false;
        }

        var local = TimeZoneInfo.ConvertTime(start, zone).DateTime;
        var weekday = local.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek;
        var time = TimeOnly.FromDateTime(local);
        return (Weekdays.Length == 0 || Weekdays.Contains(weekday)) && !(time < Earliest) && !(time > Latest);
    }
}

/// <summary>Whom it is for and how to reach them: personal data, deleted when the entry is over.</summary>
public sealed class WaitlistPerson
{
    public Guid EntryId { get; init; }

    public required string FamilyName { get; init; }

    public required string GivenNames { get; init; }

    public DateOnly? DateOfBirth { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Citizenship { get; init; }

    public required string Email { get; init; }

    public string? Phone { get; init; }

    public required string Culture { get; init; }

    public string? TimeZone { get; init; }

    public bool NeutralTitle { get; init; }
}

/// <summary>Time that is or was held for an entry.</summary>
public sealed class WaitlistOffer
{
    public const string Live = "live";
    public const string Lapsed = "lapsed";
    public const string Declined = "declined";
    public const string Booked = "booked";

    public Guid HoldId { get; init; }

    public Guid EntryId { get; init; }

    public required string State { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset OfferedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public Interval Time => new(StartsAt, EndsAt);
}

/// <summary>Time that became free and still has to be offered.</summary>
public sealed class FreedTimeRow
{
    public long Id { get; init; }

    public required string CenterId { get; init; }

    public DateTimeOffset FromAt { get; init; }

    public DateTimeOffset ToAt { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset NotedAt { get; init; }
}
