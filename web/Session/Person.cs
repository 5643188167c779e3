using System.Text.Json.Serialization;

namespace MedTourism.Web.Session;

/// <summary>Who is signed in and for which organisation they act, as the identity provider said last.</summary>
public sealed record Person(
    string Subject, string? Name, string? Email, Guid? OrganisationId, string? OrganisationKind, string? OrganisationRef, string? OrganisationName, string[] Roles)
{
    [JsonIgnore]
    public string DisplayName => Name is { Length: > 0 } ? Name : Email ?? Subject;

    /// <summary>The person's own part of the site; null for patients.</summary>
    [JsonIgnore]
    public string? Home => OrganisationKind switch
    {
        "clinic" => "/console",
        "agency" => "/agency",
        "operator" => "/operator",
        _ => null,
    };

    public bool ActsFor(string kind, params ReadOnlySpan<string> roles)
    {
        if (OrganisationKind != kind)
        {
            return false;
        }

        foreach (var role in roles)
        {
            if (Roles.Contains(role))
            {
                return true;
            }
        }

        return roles.IsEmpty;
    }
}

/// <summary>What the identity provider gave; never leaves the server.</summary>
public sealed record Tokens(string Access, DateTimeOffset AccessExpiresAt, string? Refresh, string Id);

/// <summary>A session as stored, readable only with the site's keys.</summary>
public sealed record SessionContent(Person Person, Tokens Tokens);
