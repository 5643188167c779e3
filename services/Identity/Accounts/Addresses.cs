using System.Net.Mail;

namespace MedTourism.Identity.Accounts;

/// <summary>What was typed as an e-mail address, if a letter could go there.</summary>
internal static class Addresses
{
    public static string? Read(string? typed) =>
        MailAddress.TryCreate(typed?.Trim(), out var address) && address.Host.Contains('.', StringComparison.Ordinal) && address.Address.Length <= 254
            ? address.Address
            : null;
}
