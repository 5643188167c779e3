using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MedTourism.Journeys.Tests;

/// <summary>
/// What a check of accessibility depends on: every element with all its attributes and its state, where there is text, which ids are there twice or missing.
/// Without the words themselves, numbers, ids and addresses, and of three or more equal neighbours only two. Pages with frames have no shape.
/// </summary>
internal static partial class Shapes
{
    private const string Script =
        """
        () => {
            if (document.querySelector("iframe, frame, object, embed")) return null;
            const ids = new Map();
            for (const one of document.querySelectorAll("[id]")) ids.set(one.id, (ids.get(one.id) ?? 0) + 1);
            const references = new Set(["for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-activedescendant",
                "aria-errormessage", "aria-details", "aria-flowto", "popovertarget", "commandfor"]);
            const words = new Set(["value", "src", "srcset", "action", "formaction", "content", "alt", "title", "placeholder", "aria-label", "aria-valuetext", "aria-description",
                "datetime", "min", "max", "nonce", "integrity", "d", "points", "transform"]);
            const plain = text => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+/gi, "#");
            const known = ({ name, value }) => {
                if (name === "id") return plain(value) + (ids.get(value) > 1 ? " twice" : "");
                if (references.has(name)) return value.trim().split(/\s+/).map(id => plain(id) + (ids.has(id) ? "" : " missing")).join(" ");
                if (name === "href") return value.startsWith("#") ? (ids.has(value.slice(1)) ? "#" : "# missing") : value ? "some" : "";
                if (words.has(name) || name.startsWith("data-") || name.startsWith("hx-")) return value.trim() ? "some" : "";
                return name === "name" || name === "style" ? plain(value) : value;
            };
            const shape = node => {
                if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "·" : "";
                if (node.nodeType !== Node.ELEMENT_NODE) return "";
                const attributes = [...node.attributes].map(one => ` ${one.name}=${known(one)}`).sort().join("");
                const typed = "value" in node && node.localName !== "li" && node.localName !== "option" && String(node.value) !== "";
                const state = `${node.checked ? " checked" : ""}${typed ? " typed" : ""}${node === document.activeElement ? " focused" : ""}`;
                if (node.localName === "script") return `<script${attributes}>`;
                if (node.localName === "style") return `<style${attributes}>${node.textContent}`;
                const inside = [];
                for (const child of node.childNodes) {
                    const one = shape(child);
                    if (one && !(inside.at(-1) === one && inside.at(-2) === one)) inside.push(one);
                }
                return `<${node.localName}${attributes}${state}>${inside.join("")}</>`;
            };
            return shape(document.documentElement);
        }
        """;

    private static readonly ConcurrentDictionary<string, bool> Checked = new(StringComparer.Ordinal);

    /// <summary>The page's shape at its address, as this person sees it (language, width, scripts or none); null if it has none.</summary>
    public static async Task<string?> OfAsync(IPage page, string asSeen)
    {
        var shape = await page.EvaluateAsync<string?>(Script);
        return shape is null ? null : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{asSeen}\n{Number().Replace(new Uri(page.Url).AbsolutePath, "#")}\n{shape}")));
    }

    /// <summary>True if this run has checked it and found nothing wrong.</summary>
    public static bool Passed(string? shape) => shape is not null && Checked.ContainsKey(shape);

    public static void Pass(string shape) => Checked.TryAdd(shape, true);

    [GeneratedRegex(@"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d+")]
    private static partial Regex Number();
}
