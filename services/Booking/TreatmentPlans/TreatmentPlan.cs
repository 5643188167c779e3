using MedTourism.Booking.Courses;

namespace MedTourism.Booking.TreatmentPlans;

/// <summary>What a clinician ordered for one patient. Its holder opens it with its access key and chooses dates for it.</summary>
public sealed class TreatmentPlan
{
    public const string Issued = "issued";
    // Never in its row: a live hold of the plan says so.
    public const string Held = "held";
    public const string Booked = "booked";
    public const string Withdrawn = "withdrawn";

    public Guid Id { get; init; }

    public Guid OfferId { get; init; }

    public required string CenterId { get; init; }

    public required string State { get; init; }

    public required CoursePattern Pattern { get; init; }

    /// <summary>1 emergency, 2 urgent, 3 soon, 4 can wait.</summary>
    public short Priority { get; init; }

    public DateOnly ReadyOn { get; init; }

    public DateOnly? DueOn { get; init; }

    public long PriceMinor { get; init; }

    public long DepositMinor { get; init; }

    public required string Currency { get; init; }

    public DateTimeOffset ValidUntil { get; init; }

    public required byte[] AccessKeyHash { get; init; }

    /// <summary>The subject of the doctor or scheduler.</summary>
    public required string IssuedBy { get; init; }

    public DateTimeOffset IssuedAt { get; init; }

    public Guid? BookingId { get; init; }

    public bool Demo { get; init; }
}

/// <summary>Whose plan it is and how to reach them: personal data, apart from the plan.</summary>
public sealed class TreatmentPlanPerson
{
    public Guid PlanId { get; init; }

    public required string FamilyName { get; init; }

    public required string GivenNames { get; init; }

    public DateOnly DateOfBirth { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public required string Citizenship { get; init; }

    public required string Email { get; init; }

    public string? Phone { get; init; }

    public required string Culture { get; init; }

    public bool NeutralTitle { get; init; }
}
