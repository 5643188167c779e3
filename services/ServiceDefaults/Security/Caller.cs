using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace MedTourism.ServiceDefaults;

/// <summary>Who calls, as the access token says. All parts are null or empty for an anonymous caller.</summary>
public sealed record Caller(
    string? Subject,
    string? ClientId,
    Guid? OrganisationId,
    string? OrganisationKind,
    string? OrganisationRef,
    IReadOnlySet<string> Roles,
    IReadOnlySet<string> Scopes)
{
    internal static Caller From(ClaimsPrincipal user)
    {
        var subject = user.FindFirstValue("sub");
        var client = user.FindFirstValue("client_id");
        return new Caller(
            subject == client ? null : subject, // client credentials: the client speaks for itself
            client,
            Guid.TryParse(user.FindFirstValue("org"), out var organisation) ? organisation : null,
            user.FindFirstValue("org_kind"),
            user.FindFirstValue("org_ref"),
            user.FindAll("role").Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal),
            (user.FindFirstValue("scope") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal));
    }
}

public static class CallerExtensions
{
    public static Caller Caller(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return ServiceDefaults.Caller.From(http.User);
    }
}
