using Microsoft.AspNetCore.StaticAssets;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Npgsql;

namespace MedTourism.Web.Session;

/// <summary>Signing in. Without <c>Identity:Authority</c> the site runs for patients only: nobody can sign in and there are no staff pages.</summary>
public static class SessionSetup
{
    public static bool SignInEnabled(this IConfiguration configuration) => configuration["Identity:Authority"] is { Length: > 0 };

    public static void AddSession(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.SignInEnabled())
        {
            return;
        }

        var settings = new IdentitySettings(Required("Identity:Authority").TrimEnd('/'), Required("Identity:ClientId"), Required("Identity:ClientSecret"));
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(new NpgsqlDataSourceBuilder(Required("ConnectionStrings:Database")) { ConnectionStringBuilder = { ApplicationName = "web" } }.Build());
        services.AddSingleton<Sessions>();
        services.AddHostedService<SessionSchema>();
        services.AddSingleton(new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{settings.Authority}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase) })
        {
            AutomaticRefreshInterval = TimeSpan.FromMinutes(30), // new keys are published an hour before one signs
        });
        services.AddHttpClient<IdentityProvider>(http => http.Timeout = TimeSpan.FromSeconds(10));
        services.AddHttpClient("accounts", http =>
        {
            http.BaseAddress = new Uri(Required("Services:Identity").TrimEnd('/') + "/");
            http.Timeout = TimeSpan.FromSeconds(10);
        });
        services.AddScoped<CurrentUser>();
        services.AddTransient<AsSignedInPerson>();
        services.AddScoped<Notices>();

        string Required(string key) => builder.Configuration[key] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"The setting '{key}' is missing. Set the environment variable '{key.Replace(":", "__", StringComparison.Ordinal)}'.");
    }

    /// <summary>Adds a client whose calls are made for the signed-in person; its address is <c>Services:{service}</c>.</summary>
    public static void AddStaffClient<TClient>(this IServiceCollection services, IConfiguration configuration, string service)
        where TClient : class =>
        services.AddHttpClient<TClient>(http =>
        {
            http.BaseAddress = new Uri(configuration[$"Services:{service}"] ?? throw new InvalidOperationException($"Services__{service} is not set."));
            http.Timeout = TimeSpan.FromSeconds(10);
        }).AddHttpMessageHandler<AsSignedInPerson>();

    /// <summary>Before antiforgery, which binds form tokens to the person.</summary>
    public static void UseSignedInPerson(this WebApplication app)
    {
        if (!app.Configuration.SignInEnabled())
        {
            return;
        }

        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            {
                await context.RequestServices.GetRequiredService<CurrentUser>().LoadAsync(context);
            }

            await next(context);
        });
    }

    public static void MapSession(this WebApplication app, IEndpointRouteBuilder pages)
    {
        if (!app.Configuration.SignInEnabled())
        {
            return;
        }

        FinishSignIn.Map(app);
        SignOut.Map(app);
        SignOutEverywhere.Map(app);
        SignIn.Map(pages);
    }
}
