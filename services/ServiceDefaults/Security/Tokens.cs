using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
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
