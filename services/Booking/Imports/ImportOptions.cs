namespace MedTourism.Booking.Imports;

/// <summary>Settings of the section <c>Booking:Imports</c>.</summary>
public sealed class ImportOptions
{
    /// <summary>Between two readings of a calendar that can be read; one that cannot is asked twice as seldom each time, down to every six hours.</summary>
    public int EveryMinutes { get; set; } = 15;

    /// <summary>How often a worker looks for calendars that are due.</summary>
    public int PauseSeconds { get; set; } = 15;

    /// <summary>Resolving, connecting and reading together.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>For tests and development: also loopback hosts, and those without TLS. The service does not start with it in any other environment.</summary>
    public bool AllowLoopback { get; set; }
}
