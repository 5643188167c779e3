using Microsoft.AspNetCore.OutputCaching;

namespace MedTourism.Catalog.Responses;

/// <summary>
/// Keeps the public answers in memory for a minute. It stands before routing, so a kept answer costs no routing, limits or database; and it
/// varies only by parameters we know, so that invented ones cannot fill it.
/// </summary>
public static class PublicCache
{
    private const string Tag = "catalog";

    private static readonly string[] Paths = ["/offers", "/centers", "/lines", "/cities", "/countries", "/languages", "/visa-rules", "/holidays"];

    private static readonly string[] Parameters = ["q", "line", "city", "center", "mode", "culture", "sort", "from", "page", "size", "country", "on", "year"];

    public static void AddPublicCache(this IServiceCollection services) =>
        services.AddOutputCache(options =>
        {
            options.SizeLimit = 64 * 1024 * 1024;
            options.AddBasePolicy(policy => policy
                .With(context => Array.Exists(Paths, path => context.HttpContext.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
                .Expire(TimeSpan.FromSeconds(60))
                .SetVaryByQuery(Parameters)
                .Tag(Tag));
        });

    /// <summary>Forgets what this process kept; other replicas follow within the minute.</summary>
    public static ValueTask ForgetAsync(this IOutputCacheStore store, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.EvictByTagAsync(Tag, ct);
    }
}
