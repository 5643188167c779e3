namespace MedTourism.Referral.Visits;

/// <summary>How often a link was followed on a day (UTC). Nothing about who followed it is kept.</summary>
public sealed class DayOfVisits
{
    public required Guid LinkId { get; init; }

    public required DateOnly Day { get; init; }

    public required long Count { get; init; }
}
