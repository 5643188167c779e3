using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace MedTourism.ServiceDefaults.Security;

internal static class Tokens
{
    /// <summary>Accepts RFC 9068 access tokens of our issuer for this service's audience. Nothing is open unless an endpoint says so.</summary>
    public static void AddTokens(this IServiceCollection services, IConfiguration configuration, string service)
    {
        var authority = configuration.Required("Identity:Authority");
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = authority;
            options.Audience = $"urn:medtourism:{service}";
            options.MapInboundClaims = false;
            // Loopback development and a private network behind a gateway speak HTTP; the issuer's own address decides.
            options.RequireHttpsMetadata = authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            options.RefreshOnIssuerKeyNotFound = true;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidTypes = ["at+jwt"],
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                ValidIssuer = authority,
                ValidAudience = options.Audience,
                NameClaimType = "sub",
                RoleClaimType = "role",
                ClockSkew = TimeSpan.FromSeconds(30),
            };
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}

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
