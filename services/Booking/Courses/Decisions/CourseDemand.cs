namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// A course somebody asks for: all its sessions on consecutive working days of one machine, equally long. Days are indexes of working days.
/// </summary>
/// <param name="Priority">1 is the most urgent.</param>
/// <param name="ArrivalDay">When it was asked for.</param>
/// <param name="ReadyDay">The first day it may start.</param>
/// <param name="DueDay">Starts after this day are late.</param>
/// <param name="Sessions">Sessions, one a day.</param>
/// <param name="Slots">Slots of the machine that each session takes.</param>
public sealed record CourseDemand(int Priority, int ArrivalDay, int ReadyDay, int DueDay, int Sessions, int Slots)
{
    /// <summary>All slots the course takes.</summary>
    public int Work => Sessions * Slots;
}
