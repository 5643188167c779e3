using System.Security.Cryptography;

namespace MedTourism.Referral.Links;

/// <summary>A code an agency gives to patients; everything that comes through it is the agency's.</summary>
public sealed class ReferralLink
{
    // No character that is read as another one: 0 and O, 1, I and L are left out.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    public required Guid Id { get; init; }

    public required Guid AgencyId { get; init; }

    public required string Code { get; init; }

    public required string Label { get; init; }

    public Guid? OfferId { get; init; }

    public required bool Demo { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static string NewCode() => RandomNumberGenerator.GetString(Alphabet, 8);

    /// <summary>People type codes in lower case and with spaces.</summary>
    public static string Normalise(string? code) => (code ?? "").Trim().ToUpperInvariant();
}
