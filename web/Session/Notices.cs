using System.Security.Cryptography;
using System.Text.Json;
using MedTourism.Web.Clients;
using Microsoft.AspNetCore.DataProtection;

namespace MedTourism.Web.Session;

/// <summary>What was just done, told once on the page after a form; <see cref="Values"/> is what undoing it takes.</summary>
public sealed record Notice(string Kind, Dictionary<string, string> Values);

/// <summary>Carries a notice over the redirect in a cookie, so that nothing of it is in an address.</summary>
public sealed class Notices(IHttpContextAccessor accessor, IDataProtectionProvider protection)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("notice").ToTimeLimitedDataProtector();

    private HttpContext Context => accessor.HttpContext!;

    private string Name => SessionCookie.Name(Context, "web_notice");

    public void Leave(string kind, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var named = new Dictionary<string, string>();
        foreach (var (name, value) in values)
        {
            named[name] = value ?? "";
        }

        Context.Response.Cookies.Append(Name, protector.Protect(JsonSerializer.Serialize(new Notice(kind, named), Json.Options), Patience), SessionCookie.Options(Context, Patience));
    }

    public Notice? Take()
    {
        if (Context.Request.Cookies[Name] is not { } cookie)
        {
            return null;
        }

        Context.Response.Cookies.Delete(Name, SessionCookie.Options(Context));
        try
        {
            return JsonSerializer.Deserialize<Notice>(protector.Unprotect(cookie), Json.Options);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
