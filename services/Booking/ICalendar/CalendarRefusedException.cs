namespace MedTourism.Booking.ICalendar;

/// <summary>
/// A calendar cannot be read at all, or not within the limits. <see cref="Code"/> is stable and goes to the clinic; <see cref="Limit"/> is what it
/// exceeded, if it is about a limit.
/// </summary>
public sealed class CalendarRefusedException(string code, string message, long? limit = null) : Exception(message)
{
    public string Code { get; } = code;

    public long? Limit { get; } = limit;
}

/// <summary>How much of a stranger's calendar is read. Far above what a machine's calendar has, far below what hurts.</summary>
public static class CalendarLimits
{
    public const int Octets = 2 * 1024 * 1024;
    public const int Depth = 8;
    public const int Events = 5_000;

    /// <summary>Busy times within the horizon, recurrences included.</summary>
    public const int Times = 10_000;

    /// <summary>Days and moments looked at while one rule is worked out, and all rules of one calendar.</summary>
    public const int StepsPerRule = 100_000;
    public const int Steps = 2_000_000;

    public static readonly TimeSpan Horizon = TimeSpan.FromDays(180);
}
