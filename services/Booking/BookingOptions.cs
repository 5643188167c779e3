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

    /// <summary>How often free days are looked at to be told; six times as often while they change.</summary>
    public int AnnounceDaysSeconds { get; set; } = 60;

    /// <summary>How long freed time is held for the next in line: long enough for someone who sleeps in another time zone.</summary>
    public int WaitlistHoldMinutes { get; set; } = 720;

    /// <summary>An offer ends so long before its start, when the center must know.</summary>
    public int WaitlistNoticeMinutes { get; set; } = 120;

    /// <summary>Time that could be held for less than this is not offered; anyone may take it.</summary>
    public int WaitlistLeastMinutes { get; set; } = 30;

    /// <summary>So many offers may lapse before an entry ends; declined ones do not count.</summary>
    public int WaitlistMostLapses { get; set; } = 3;

    public int WaitlistMostEntries { get; set; } = 5;

    public int WaitlistMostAgencyEntries { get; set; } = 200;

    /// <summary>For so long a lapsed offer still keeps its time from others, so that the sweep hands it on. Several times <see cref="SweepSeconds"/>, 600 at most.</summary>
    public int WaitlistGraceSeconds { get; set; } = 60;

    /// <summary>How often a patient may move a booking.</summary>
    public int MostMoves { get; set; } = 3;
}
