using System.Text.Json;

namespace MedTourism.Web.Shared;

/// <summary>Data for search engines inside a page. The default encoder also escapes angle brackets, so a name cannot end the script element.</summary>
public static class JsonLd
{
    public static string Write(Dictionary<string, object?> data) => JsonSerializer.Serialize(data);

    public static Dictionary<string, object?> Crumbs(params ReadOnlySpan<(string Name, string Url)> crumbs)
    {
        var items = new List<object>();
        foreach (var (name, url) in crumbs)
        {
            items.Add(new Dictionary<string, object?> { ["@type"] = "ListItem", ["position"] = items.Count + 1, ["name"] = name, ["item"] = url });
        }

        return new() { ["@type"] = "BreadcrumbList", ["itemListElement"] = items };
    }
}
