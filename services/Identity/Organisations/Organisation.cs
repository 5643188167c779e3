using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Organisations;

/// <summary>A clinic, an agency or the operator. A clinic names its center by <see cref="ExternalRef"/>.</summary>
public sealed class Organisation
{
    /// <summary>The roles each kind knows; the first one administers the organisation.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> RolesOf = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["clinic"] = ["admin", "scheduler", "doctor"],
        ["agency"] = ["admin", "agent"],
        ["operator"] = ["operator"],
    };

    public Guid Id { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public string? ExternalRef { get; init; }

    public bool Demo { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string AdminRole => RolesOf[Kind][0];

    public bool Knows(IReadOnlyCollection<string> roles) => roles.Count > 0 && roles.All(RolesOf[Kind].Contains);

    public IResult RolesWrong() => Problems.Fields(("roles", $"must be one or more of: {string.Join(", ", RolesOf[Kind])}"));
}

/// <summary>What a person may do in an organisation.</summary>
public sealed class Membership
{
    public Guid OrganisationId { get; init; }

    public Organisation? Organisation { get; init; }

    public Guid AccountId { get; init; }

    public required string[] Roles { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
