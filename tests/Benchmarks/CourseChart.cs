using System.Globalization;
using System.Text;

namespace MedTourism.Benchmarks;

/// <summary>Bars of the mean lateness by setting: all patients and priority 2, one bar per policy. The same figures give the same file.</summary>
internal static class CourseChart
{
    private const int Left = 24, Top = 84, PlotHeight = 190, PanelWidth = 372, BarWidth = 34, GroupWidth = 168;

    private static readonly (string Policy, string Label, string Style)[] Policies =
        [("greedy", "greedy with a reserve", "a"), ("weekly", "weekly optimisation", "b"), ("prediction", "prediction", "c"), (CourseResult.Ours, "ours", "d")];

    public static string Draw(IReadOnlyList<CourseResult> results)
    {
        var settings = results.GroupBy(result => result.Setting).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var (width, height) = (Left + (settings.Count * PanelWidth), Top + PlotHeight + 92);
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="title">""");
        Line(svg, $"""<title id="title">Mean lateness of course starts by policy, in calendar days: all patients and priority 2</title>""");
        svg.Append("""
            <style>
              text { font: 13px system-ui, "Segoe UI", Roboto, sans-serif; fill: #1f2933; }
              .h { font-size: 16px; font-weight: 600; } .n { text-anchor: middle; } .m { text-anchor: middle; fill: #52606d; } .q { fill: #52606d; font-size: 12px; }
              .o { font-weight: 700; } line { stroke: #9aa5b1; }
              .a { fill: #9aa5b1; } .b { fill: #7b8794; } .c { fill: #5b8def; } .d { fill: #0f9d76; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; } .m, .q { fill: #a9b4c0; } line { stroke: #6b7785; } .b { fill: #647282; } .d { fill: #2bbf94; }
              }
            </style>

            """);
        Line(svg, $"""<text class="h" x="{Left}" y="26">Mean days late at the start of a course, by policy</text>""");
        var legend = Left;
        foreach (var (_, label, style) in Policies)
        {
            Line(svg, $"""<rect class="{style}" x="{legend}" y="42" width="12" height="12" rx="2"/><text x="{legend + 18}" y="53">{label}</text>""");
            legend += 44 + (label.Length * 7);
        }

        for (var panel = 0; panel < settings.Count; panel++)
        {
            Panel(svg, Left + (panel * PanelWidth), settings[panel]);
        }

        Line(svg, $"""<text class="q" x="{Left}" y="{height - 26}">Means over the instances and published figures of Pham et al. 2023, doi 10.1287/ijoc.2023.1289. Each patient is told</text>""");
        Line(svg, $"""<text class="q" x="{Left}" y="{height - 10}">the day at once and never moved; weekly optimisation decides once a week. Scales differ.</text>""");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Panel(StringBuilder svg, int x, IGrouping<string, CourseResult> setting)
    {
        var means = setting.GroupBy(result => result.Policy).ToDictionary(
            group => group.Key, group => new[] { group.Average(result => result.Late[0]), group.Average(result => result.Late[2]) }, StringComparer.Ordinal);
        var most = Math.Max(0.01, means.Values.Max(values => values.Max()));
        var floor = Top + PlotHeight;
        string[] groups = ["all patients", "priority 2"];
        for (var group = 0; group < groups.Length; group++)
        {
            var left = x + (group * GroupWidth);
            for (var index = 0; index < Policies.Length; index++)
            {
                if (!means.TryGetValue(Policies[index].Policy, out var values))
                {
                    continue;
                }

                var height = Math.Round(values[group] / most * (PlotHeight - 20), 1);
                var at = left + (index * (BarWidth + 4));
                var emphasis = Policies[index].Policy == CourseResult.Ours ? "n o" : "n";
                Line(svg, $"""<rect class="{Policies[index].Style}" x="{at}" y="{floor - height}" width="{BarWidth}" height="{height}" rx="2"/>""");
                Line(svg, $"""<text class="{emphasis}" x="{at + (BarWidth / 2)}" y="{floor - height - 5}">{values[group]:0.00}</text>""");
            }

            Line(svg, $"""<text class="m" x="{left + (2 * (BarWidth + 4)) - 2}" y="{floor + 18}">{groups[group]}</text>""");
        }

        Line(svg, $"""<line x1="{x - 6}" y1="{floor}" x2="{x + (2 * GroupWidth) - 8}" y2="{floor}"/>""");
        Line(svg, $"""<text class="n" x="{x + GroupWidth - 8}" y="{floor + 38}">{setting.Key.Replace("-lambda", ", ", StringComparison.Ordinal).Replace("linacs", " machines", StringComparison.Ordinal)} arrivals a day</text>""");
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
