using Microsoft.AspNetCore.Identity;

namespace MedTourism.Identity.Accounts;

/// <summary>A person who can sign in. Patients have no membership; staff act for an organisation.</summary>
public sealed class Account : IdentityUser<Guid>
{
    public string? Name { get; set; }

    public string Culture { get; set; } = "en";

    /// <summary>Base32, RFC 6238, sealed by <see cref="Secrets"/>. Counts only once <see cref="IdentityUser{TKey}.TwoFactorEnabled"/> says that a code was entered.</summary>
    public string? TotpSecret { get; set; }

    public long? TotpLastStep { get; set; }

    public bool Demo { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public static Account Create(string email, string culture, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        UserName = email,
        Email = email,
        EmailConfirmed = true, // accounts come into being only by a link sent to the address
        LockoutEnabled = true,
        Culture = culture,
        CreatedAt = now,
    };
}
