using MedTourism.Catalog.Centers;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Procedures;

public sealed record SourceView(string Key, string Url, string Date)
{
    /// <summary>The sources with these keys, each once, in the order of the keys.</summary>
    public static async Task<SourceView[]> FindAsync(CatalogDb db, IEnumerable<string> keys, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var wanted = keys.Distinct().ToArray();
        var found = await db.Sources.AsNoTracking().Where(source => wanted.Contains(source.Key)).ToDictionaryAsync(source => source.Key, ct);
        return [.. wanted.Where(found.ContainsKey).Select(key => new SourceView(key, found[key].Url, found[key].Date))];
    }
}

/// <summary>A fact as it was found, in English, with the keys of its sources.</summary>
public sealed record FactView(string Text, string Lang, string[] Sources)
{
    public static FactView[] Of(params IEnumerable<Fact>[] facts) =>
        [.. facts.SelectMany(some => some).Select(fact => new FactView(fact.Text, "en", fact.Sources))];
}
