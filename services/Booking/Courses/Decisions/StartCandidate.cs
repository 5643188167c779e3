namespace MedTourism.Booking.Courses.Decisions;

/// <summary>Why a start day is proposed.</summary>
public enum StartReason
{
    /// <summary>The earliest day with room, and not late.</summary>
    Earliest,

    /// <summary>Not late, but later than possible: the days before are worth more to others.</summary>
    OnTimeKeepsRoom,

    /// <summary>Late, and no earlier day has room.</summary>
    LateForLackOfRoom,

    /// <summary>Late although an earlier day has room, which is expected to spare others more lateness than it costs here.</summary>
    LateKeepsRoom,
}

/// <summary>A possible start of a course.</summary>
/// <param name="StartDay">Working day of the first session.</param>
/// <param name="Machine">The machine of all its sessions.</param>
/// <param name="DaysLate">Calendar days after the due day.</param>
/// <param name="LateCost">What being late costs, in days of a routine patient.</param>
/// <param name="RoomCost">What others are expected to lose by the slots it takes, in the same unit.</param>
/// <param name="Reason">Why this day.</param>
public sealed record StartCandidate(int StartDay, int Machine, int DaysLate, double LateCost, double RoomCost, StartReason Reason)
{
    /// <summary>What the candidates are ranked by; the smaller the better.</summary>
    public double Cost => LateCost + RoomCost;
}
