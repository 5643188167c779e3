using System.Xml.Linq;

namespace MedTourism.Web.Shared.Layout;

/// <summary>The site's line drawings by name, inlined so that no picture delays the page.</summary>
public static class Icons
{
    private static readonly Dictionary<string, string> Shapes = Read();

    /// <summary>The drawing of each service line.</summary>
    public static string ForLine(string line) => line switch
    {
        "radiation" => "tomo",
        "radiosurgery" => "gamma",
        "nuclear" => "petct",
        "cardiac" => "cardiac",
        "neurosurgery" => "neuro",
        "transplant" => "transplant",
        "onco-surgery" => "surgery",
        "ortho" => "ortho",
        "ent-eye" => "eye",
        "reproductive" => "ivf",
        "maternal-child" => "child",
        "endoscopy" => "endoscopy",
        "dental" => "dental",
        "rehab" => "rehab",
        "check-up" => "checkup",
        "remote" => "case",
        _ => "shanyrak",
    };

    public static string Shape(string name) => Shapes.GetValueOrDefault(name) ?? Shapes["shanyrak"];

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(Icons).Assembly.GetManifestResourceStream("icons.svg")!;
        return XDocument.Load(stream).Root!.Elements().ToDictionary(
            symbol => symbol.Attribute("id")!.Value["i-".Length..],
            symbol => string.Concat(symbol.Elements().Select(shape => $"<{shape.Name.LocalName} {string.Join(' ', shape.Attributes().Select(a => $"{a.Name.LocalName}=\"{a.Value}\""))}/>")));
    }
}
