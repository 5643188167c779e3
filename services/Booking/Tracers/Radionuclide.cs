namespace MedTourism.Booking.Tracers;

/// <summary>How fast a tracer's activity falls.</summary>
/// <param name="Name">As clinics write it.</param>
/// <param name="HalfLifeMinutes">F-18: 109.77 min (catalogue source f18 says 110; 109.771 in the nuclide tables). Ga-68: 67.7 min (nuclide tables).</param>
public sealed record Radionuclide(string Name, double HalfLifeMinutes)
{
    public static readonly Radionuclide F18 = new("F-18", 109.77);
    public static readonly Radionuclide Ga68 = new("Ga-68", 67.7);

    /// <summary>Null if it is not one we know.</summary>
    public static Radionuclide? Of(string? name) => name == F18.Name ? F18 : name == Ga68.Name ? Ga68 : null;

    /// <summary>What an activity at one moment is at another, later or earlier.</summary>
    public double At(double activityMbq, DateTimeOffset known, DateTimeOffset wanted) =>
        activityMbq * Math.Pow(2, -(wanted - known).TotalMinutes / HalfLifeMinutes);
}
