using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace MedTourism.Identity.Tests;

/// <summary>A page as a browser without scripts has it: its address, status and document.</summary>
public sealed record Shown(Uri Address, HttpStatusCode Status, IHtmlDocument Document)
{
    public string Title => Document.Title ?? string.Empty;

    public string Text => Document.Body?.TextContent ?? string.Empty;

    /// <summary>The code the engine gave to the web, once the browser arrived there.</summary>
    public string? Code => Query("code");

    /// <summary>A parameter of the query, or of the fragment, where errors of some flows travel.</summary>
    public string? Query(string name) =>
        System.Web.HttpUtility.ParseQueryString(Address.Query)[name] ?? System.Web.HttpUtility.ParseQueryString(Address.Fragment.TrimStart('#'))[name];
}

/// <summary>A browser without scripts: cookies, redirects, links and forms. Follows redirects until it leaves for the web's own address.</summary>
public sealed class Browser : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
    private readonly HtmlParser parser = new();

    public Browser(string language = "en") => http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

    public Task<Shown> OpenAsync(string address) => FollowAsync(new HttpRequestMessage(HttpMethod.Get, address));

    public async Task<HttpResponseMessage> RawAsync(string address) => await http.GetAsync(new Uri(address));

    /// <summary>Fills and sends the form of <paramref name="page"/> that posts to <paramref name="action"/> (or has a button that does).</summary>
    public Task<Shown> SubmitAsync(Shown page, string action, params (string Name, string Value)[] fields)
    {
        var form = page.Document.QuerySelectorAll<IHtmlFormElement>("form").FirstOrDefault(form =>
                Path(form, "action") == action || form.QuerySelectorAll("button").Any(button => Path(button, "formaction") == action))
            ?? throw new AssertionException($"There is no form for {action} on {page.Address}: {page.Text}");
        var values = form.QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (name, value) in fields)
        {
            values[name] = value;
        }

        return FollowAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(page.Address, action)) { Content = new FormUrlEncodedContent(values) });
    }

    public Task<Shown> PostAsync(string address, params (string Name, string Value)[] fields) =>
        FollowAsync(new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        });

    public void Dispose() => http.Dispose();

    private static string? Path(IElement element, string attribute) =>
        element.GetAttribute(attribute) is { } value ? (Uri.TryCreate(value, UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal) ? absolute.AbsolutePath : value) : null;

    private async Task<Shown> FollowAsync(HttpRequestMessage request)
    {
        for (var hops = 0; hops < 12; hops++)
        {
            using var response = await http.SendAsync(request);
            var address = request.RequestUri!;
            request.Dispose();
            if (response.Headers.Location is { } location && (int)response.StatusCode is >= 300 and < 400)
            {
                var next = new Uri(address, location);
                if (next.Host == "web.test")
                {
                    return new Shown(next, response.StatusCode, parser.ParseDocument(string.Empty));
                }

                request = new HttpRequestMessage(HttpMethod.Get, next);
                continue;
            }

            var html = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
            return new Shown(address, response.StatusCode, parser.ParseDocument(html));
        }

        throw new AssertionException("Redirected in a circle.");
    }
}
