namespace MedTourism.Booking.Courses.Decisions;

/// <summary>The mix of courses assumed while a center's own history is short.</summary>
public static class ArrivalPrior
{
    /// <summary>
    /// A generic radiotherapy department: emergencies, palliative courses of one, five and ten sessions, and short, middle and long curative courses. Weights,
    /// lengths and days are illustrative (due days after Pham et al. 2023, doi 10.1287/ijoc.2023.1289) and need a clinician's sign-off; a center
    /// replaces them with its own history.
    /// </summary>
    public static IReadOnlyList<CourseKind> Radiotherapy(int capacity)
    {
        // A session of an average course takes about a fifteenth of a machine's day.
        var session = Math.Max(1, capacity / 15);
        return
        [
            new(1, 0, 0, 5, session, 0.2),
            new(2, 1, 2, 1, session, 1.5),
            new(2, 1, 2, 5, session, 1.5),
            new(2, 1, 2, 10, session, 0.25),
            new(3, 6, 10, 5, session, 1),
            new(3, 6, 10, 15, session, 1),
            new(3, 6, 10, 30, session, 1.5),
            new(4, 8, 20, 5, session, 0.5),
            new(4, 8, 20, 15, session, 0.75),
            new(4, 8, 20, 30, session, 0.75),
        ];
    }
}
