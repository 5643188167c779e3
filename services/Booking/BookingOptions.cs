namespace MedTourism.Booking;

/// <summary>Settings of the section <c>Booking</c>.</summary>
public sealed class BookingOptions
{
    /// <summary>How long a start time is held before it is free again.</summary>
    public int HoldMinutes { get; set; } = 15;

    /// <summary>The payment page is open for 30 minutes; the hold outlives it, so that money arriving at the last second still finds its time.</summary>
    public int CheckoutMinutes { get; set; } = 36;

    public int GraceMinutes { get; set; } = 5;

    public int MostExtensions { get; set; } = 10;

    /// <summary>Opening the payment page lengthens the hold, so this too must end.</summary>
    public int MostCheckouts { get; set; } = 10;

    public int MostLiveHolds { get; set; } = 3;

    /// <summary>How long a whole course is held, unless its treatment plan or its first visit comes earlier.</summary>
    public int CourseHoldHours { get; set; } = 72;

    /// <summary>How long a planned course can be chosen without planning again.</summary>
    public int CourseOptionMinutes { get; set; } = 60;

    /// <summary>Mixed into the hash of a caller's address. Set it per deployment, alike on all replicas.</summary>
    public string HolderSalt { get; set; } = "medtourism";

    public int SweepSeconds { get; set; } = 5;
}
