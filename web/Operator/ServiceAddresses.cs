using MedTourism.Web.Session;

namespace MedTourism.Web.Operator;

/// <summary>Where the services are: every <c>Services:*</c> of the settings, and the identity provider itself.</summary>
public sealed class ServiceAddresses(IConfiguration configuration, IdentitySettings identity)
{
    private static readonly string[] Known = ["Catalog", "Booking", "Payment", "Referral", "Notifications", "Identity"];

    /// <summary>Services with queues, in the order of the page.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Known.Where(name => configuration[$"Services:{name}"] is { Length: > 0 })];

    public string Of(string service, string path) => Names.Contains(service) ? $"{configuration[$"Services:{service}"]!.TrimEnd('/')}/{path}" : throw new ArgumentOutOfRangeException(nameof(service));

    public IEnumerable<(string Name, string Url)> Health() => Names.Select(name => (name, Of(name, "health/ready"))).Append(("Engine", $"{identity.Authority}/health/ready"));
}
