using Microsoft.AspNetCore.Builder;

namespace MedTourism.ServiceDefaults;

public static class Requirements
{
    /// <summary>Only members of an organisation of this kind, with one of the roles if any are named.</summary>
    public static TBuilder RequireOrganisation<TBuilder>(this TBuilder builder, string kind, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser()
            .RequireClaim("org_kind", kind)
            .RequireAssertion(context => roles.Length == 0 || roles.Any(role => context.User.HasClaim("role", role))));

    /// <summary>Only tokens that carry this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireAuthenticatedUser()
            .RequireAssertion(context => (context.User.FindFirst("scope")?.Value ?? string.Empty).Split(' ').Contains(scope)));
}
