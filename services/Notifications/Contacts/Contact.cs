namespace MedTourism.Notifications.Contacts;

/// <summary>How to reach and address the patient of a booking.</summary>
public sealed class Contact
{
    public required Guid BookingId { get; init; }

    public required string Email { get; init; }

    public required string GivenNames { get; init; }

    public required string Culture { get; init; }

    public string? PatientTimeZone { get; init; }

    public required bool NeutralTitle { get; init; }

    public required DateTimeOffset GivenAt { get; init; }
}
