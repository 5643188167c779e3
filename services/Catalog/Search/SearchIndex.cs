using MedTourism.Catalog.Seeding;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog.Search;

/// <summary>Writes what search reads, from the offers on sale and the synonyms of the seed. Part of the transaction that changes offers.</summary>
public static class SearchIndex
{
    private const int ShortestWord = 4; // shorter words have too few trigrams to tell a slip from another word

    public static async Task RebuildAsync(CatalogDb db, IReadOnlyCollection<Synonym> synonyms, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var rows = await RowsAsync(db, synonyms, ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM offer_search", ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM search_words", ct);
        var (ids, lines, cities, centers, modes) = (Column(r => r.OfferId), Column(r => r.LineId), Column(r => r.CityId), Column(r => r.CenterId), Column(r => r.Mode));
        var (positions, prices, names) = (Column(r => r.Position), Column(r => r.PriceMinor), Column(r => Json.Write(r.Names)));
        var (titles, others, branches, places) = (Column(r => r.Titles), Column(r => r.Others), Column(r => r.Branch), Column(r => r.Place));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO offer_search(offer_id, line_id, city_id, center_id, mode, position, price_minor, names, document)
            SELECT id, line, city, center, mode, position, price, names::jsonb,
                   setweight(to_tsvector('simple', titles) || to_tsvector('russian', titles) || to_tsvector('french', titles) || to_tsvector('arabic', titles), 'A')
                || setweight(to_tsvector('simple', others) || to_tsvector('russian', others) || to_tsvector('french', others) || to_tsvector('arabic', others), 'B')
                || setweight(to_tsvector('simple', branch) || to_tsvector('russian', branch) || to_tsvector('french', branch) || to_tsvector('arabic', branch), 'C')
                || setweight(to_tsvector('simple', place) || to_tsvector('russian', place) || to_tsvector('french', place) || to_tsvector('arabic', place), 'D')
            FROM unnest({ids}, {lines}, {cities}, {centers}, {modes}, {positions}, {prices}, {names}, {titles}, {others}, {branches}, {places})
                AS row(id, line, city, center, mode, position, price, names, titles, others, branch, place)
            """,
            ct);
        var words = rows.SelectMany(row => Words.In($"{row.Titles} {row.Others} {row.Branch} {row.Place}"))
            .Where(word => word.Length >= ShortestWord && !char.IsDigit(word[0])).Distinct().ToArray();
        await db.Database.ExecuteSqlAsync($"INSERT INTO search_words(word) SELECT unnest({words})", ct);

        T[] Column<T>(Func<Row, T> value) => [.. rows.Select(value)];
    }

    private static async Task<List<Row>> RowsAsync(CatalogDb db, IReadOnlyCollection<Synonym> synonyms, CancellationToken ct)
    {
        var found = await (
            from offer in db.Offers.AsNoTracking()
            join procedure in db.Procedures on offer.ProcedureId equals procedure.Id
            join line in db.ServiceLines on procedure.LineId equals line.Id
            join center in db.Centers on offer.CenterId equals center.Id
            join city in db.Cities on center.CityId equals city.Id
            where offer.WithdrawnAt == null && center.Listed
            select new { offer, procedure, line, center, city }).ToListAsync(ct);
        return [.. found.Select(row => new Row(
            row.offer.Id,
            row.line.Id,
            row.city.Id,
            row.center.Id,
            row.offer.Mode,
            (row.line.Position * 1000) + row.procedure.Position,
            row.offer.PriceMinor,
            row.procedure.Names,
            Text(row.procedure.Names.Values),
            Text(synonyms.Where(s => s.Procedures.Contains(row.procedure.Id) || s.Lines.Contains(row.line.Id)).SelectMany(s => s.Words)),
            Text(row.line.Names.Values),
            Text([.. row.center.Names.Values, .. row.city.Names.Values, .. row.city.AlsoKnownAs, .. synonyms.Where(s => s.Cities.Contains(row.city.Id)).SelectMany(s => s.Words)])))];
    }

    private static string Text(IEnumerable<string> texts) => Words.Fold(string.Join(' ', texts));

    private sealed record Row(
        Guid OfferId, string LineId, string CityId, string CenterId, string Mode, int Position, long? PriceMinor, Dictionary<string, string> Names,
        string Titles, string Others, string Branch, string Place);
}
