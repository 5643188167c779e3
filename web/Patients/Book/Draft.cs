using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.DataProtection;

namespace MedTourism.Web.Patients.Book;

/// <summary>
/// What one browser knows about one hold: the key that opens it and everything typed so far, as typed.
/// Lives in an encrypted cookie, so that Back, reload, another language and a refused form lose nothing.
/// </summary>
public sealed record Draft(Guid HoldId, string AccessKey, Guid OfferId, DateTimeOffset At, Dictionary<string, string> Fields, Guid? BookingId = null)
{
    public string this[string field] => Fields.GetValueOrDefault(field, "");

    public bool Ticked(string field) => this[field] == "on";
}

/// <summary>Cookies only this site can read: drafts by hold, access keys by booking, and short notes between two pages.</summary>
public sealed class SecretCookies(IHttpContextAccessor accessor, IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly IDataProtector protector = protection.CreateProtector("patient-cookies");

    private HttpContext Http => accessor.HttpContext!;

    public Draft? Draft(Guid hold) => Read<Draft>($"hold-{hold:N}");

    public void Save(Draft draft) => Write($"hold-{draft.HoldId:N}", draft, TimeSpan.FromHours(24));

    public void Forget(Draft draft) => Http.Response.Cookies.Delete($"hold-{draft.HoldId:N}");

    /// <summary>The newest draft of this browser, whatever became of its hold: its answers serve the next one. Older ones are dropped.</summary>
    public Draft? Newest()
    {
        var drafts = Http.Request.Cookies.Keys.Where(name => name.StartsWith("hold-", StringComparison.Ordinal)).Select(name => (name, Draft: Read<Draft>(name))).ToList();
        var newest = drafts.Select(one => one.Draft).OfType<Draft>().MaxBy(draft => draft.At);
        foreach (var (name, draft) in drafts.Where(one => one.Draft is null || one.Draft.At < clock.GetUtcNow().AddHours(-2)))
        {
            Http.Response.Cookies.Delete(name);
        }

        return newest;
    }

    public string? BookingKey(Guid booking) => Read<string>($"booking-{booking:N}");

    public void SaveBookingKey(Guid booking, string accessKey) => Write($"booking-{booking:N}", accessKey, TimeSpan.FromDays(400));

    public T? Read<T>(string name) where T : class
    {
        try
        {
            return Http.Request.Cookies[name] is { Length: > 0 } value ? JsonSerializer.Deserialize<T>(protector.Unprotect(Convert.FromBase64String(Padded(value)))) : null;
        }
        catch (Exception unreadable) when (unreadable is System.Security.Cryptography.CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write<T>(string name, T value, TimeSpan lasts) => Http.Response.Cookies.Append(
        name,
        Convert.ToBase64String(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(value, Plain))).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        new CookieOptions { HttpOnly = true, Secure = Http.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", Expires = clock.GetUtcNow() + lasts, IsEssential = true });

    private static string Padded(string value) => value.Replace('-', '+').Replace('_', '/').PadRight((value.Length + 3) / 4 * 4, '=');
}
