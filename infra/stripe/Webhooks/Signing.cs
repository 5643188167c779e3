using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MedTourism.StripeStandIn.Webhooks;

internal static class Signing
{
    public static string Header(string payload, string secret, long seconds)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{seconds}.{payload}");
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed));
        return string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={Convert.ToHexStringLower(mac)}");
    }
}
