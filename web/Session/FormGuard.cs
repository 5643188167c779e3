using Microsoft.AspNetCore.Antiforgery;

namespace MedTourism.Web.Session;

/// <summary>Forms that change something carry the site's form token, also where a handler reads the form by itself.</summary>
public static class FormGuard
{
    public static TBuilder ProtectForm<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequireAntiforgeryTokenAttribute())
            .AddEndpointFilter(async (context, next) =>
                context.HttpContext.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true } ? await next(context) : Results.StatusCode(StatusCodes.Status400BadRequest));
}
