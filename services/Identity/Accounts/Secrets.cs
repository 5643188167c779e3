using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Accounts;

/// <summary>Seals second factors and keys with <c>Identity:SecretKey</c>, each for its place.</summary>
/// <exception cref="InvalidOperationException">The setting is missing or has fewer than 32 characters.</exception>
public sealed class Secrets(IConfiguration configuration)
{
    private readonly Sealing _sealing = Sealing.FromSetting(configuration, "Identity:SecretKey", "medtourism-identity-secrets");

    public static bool IsSealed(string stored) => Sealing.IsSealed(stored);

    /// <summary>The place of an account's second factor.</summary>
    public static string TotpOf(Guid accountId) => $"accounts.totp_secret:{accountId}";

    /// <summary>The place of a second factor that is being set up.</summary>
    public static string PendingOf(Guid signInId) => $"sign_ins.pending_secret:{signInId}";

    public string Seal(string place, string value) => _sealing.Seal(place, value);

    /// <summary>Gives back what was sealed for this place; a value from before sealing is given back as it is.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Another key or another place.</exception>
    public string Open(string place, string stored) => _sealing.Open(place, stored);
}
