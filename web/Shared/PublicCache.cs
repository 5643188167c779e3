namespace MedTourism.Web.Shared;

public static class PublicCache
{
    /// <summary>Pages that are the same for everybody may be kept by caches for a minute. They must not hold a form that posts.</summary>
    public static TBuilder CachedForAll<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var response = context.HttpContext.Response;
            response.OnStarting(() =>
            {
                // With a person's name in the header the page is theirs alone.
                if (response.StatusCode == StatusCodes.Status200OK && context.HttpContext.User.Identity?.IsAuthenticated != true)
                {
                    response.Headers.CacheControl = "public, max-age=60, stale-while-revalidate=600";
                }

                response.Headers.Append("Vary", "HX-Request");
                return Task.CompletedTask;
            });
            return await next(context);
        });
}
