using MedTourism.Web.Locales;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.StaticAssets;

namespace MedTourism.Web.Shared;

/// <summary>Where the request is in the site, and what the site is called; for links inside pages.</summary>
public sealed class Site(IHttpContextAccessor accessor, IConfiguration configuration, Assets assets, Texts texts, TimeProvider clock)
{
    // All centers keep the country's one time.
    private const string CenterZone = "Asia/Almaty";

    public HttpContext Context => accessor.HttpContext!;

    public string Name => configuration["Site:Name"] ?? "Emdeu";

    /// <summary>Demo installations say so on each page.</summary>
    public bool Demo => configuration.GetValue<bool>("Demo");

    public IConfiguration Configuration => configuration;

    public string? Setting(string key) => configuration[key] is { Length: > 0 } value ? value : null;

    /// <summary>The site's own address as others must write it, without a slash at the end.</summary>
    public string PublicUrl => (Setting("Web:PublicUrl") ?? $"{Context.Request.Scheme}://{Context.Request.Host}").TrimEnd('/');

    public Language Language => Cultures.Current;

    /// <summary>An address in the current language: <c>Url("/find")</c> is <c>/ru/find</c>.</summary>
    public string Url(string path) => $"/{Language.Code}{(path == "/" ? "/" : path)}";

    /// <summary>The current page in another language, with its question.</summary>
    public string In(Language language) => $"/{language.Code}{Tail}{Context.Request.QueryString}";

    /// <summary>The current page in another language without its question: the address for search engines.</summary>
    public string Canonical(Language language) => $"{PublicUrl}/{language.Code}{Tail}";

    public string Asset(string path) => assets.Find(path);

    /// <summary>The name of a spoken language in the reader's: "kk" is "Kazakh". Unknown codes stay codes.</summary>
    public string LanguageName(string code) => texts.Has($"languages.{code}") ? texts[$"languages.{code}"] : code;

    public string LanguageList(IEnumerable<string> codes) => string.Join(Formats.Comma, codes.Select(LanguageName));

    /// <summary>"45 minutes", "2 hours", "2 h 30 min".</summary>
    public string Duration(int minutes) => (minutes / 60, minutes % 60) switch
    {
        (0, _) => texts["find.duration", ("minutes", minutes)],
        (var hours, 0) => texts["find.duration-hours", ("n", hours)],
        var (hours, rest) => texts["find.duration-both", ("hours", hours), ("minutes", rest)],
    };

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The day at the centers: in their evening UTC is still at the day before.</summary>
    public DateOnly Today => Formats.DayAt(Now, CenterZone);

    /// <summary>The time zone the browser told, if it told one.</summary>
    public string? PatientTimeZone => Context.Request.Cookies["tz"] is { Length: > 0 and < 64 } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : null;

    private string Tail
    {
        get
        {
            var path = Context.Request.Path.Value ?? "/";
            var segments = path.Split('/');
            return Cultures.Find(segments.ElementAtOrDefault(1)) is null ? "/" : path.Length > 3 ? Uri.EscapeDataString(path[3..]).Replace("%2F", "/", StringComparison.Ordinal) : "/";
        }
    }
}

/// <summary>Addresses of static files with the fingerprint of their content, so that browsers keep them for good.</summary>
public sealed class Assets(IServiceProvider services)
{
    private readonly Lazy<Dictionary<string, string>> routes = new(() =>
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var asset in services.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>()).OfType<StaticAssetDescriptor>())
        {
            if (asset.Properties.FirstOrDefault(property => property.Name == "label") is { } label)
            {
                known[label.Value] = asset.Route;
            }
        }

        return known;
    });

    public string Find(string path) => "/" + routes.Value.GetValueOrDefault(path, path);
}
