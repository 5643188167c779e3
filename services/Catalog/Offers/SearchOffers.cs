using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Search;
using MedTourism.Catalog.Texts;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace MedTourism.Catalog.Offers;

/// <summary>Finds offers by words in any of our languages, slips of the finger included, and counts what other filters would leave.</summary>
public static class SearchOffers
{
    private const int LargestPage = 50;
    private const int LongestQuery = 100;

    private static readonly string[] Modes = ["instant", "case-review", "cycle", "enquiry", "not-bookable"];

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/offers", HandleAsync).AllowAnonymous().RequireRateLimiting("search").Produces<Response>();

    public sealed record Response(int Total, int Page, int Size, OfferCard[] Items, Facets Facets);

    /// <summary>Each facet is counted under the other filters, as if its own were not set.</summary>
    public sealed record Facets(NamedCount[] Lines, NamedCount[] Cities, ModeCount[] Modes);

    public sealed record NamedCount(string Id, LocalText Name, int Count);

    public sealed record ModeCount(string Id, int Count);

    private static async Task<IResult> HandleAsync(
        string? q, string? line, string? city, string? mode, string? center, string? culture, string? sort, string? from, string? page, string? size,
        CatalogDb db, NpgsqlDataSource source, CancellationToken ct)
    {
        var parameters = new Parameters();
        var reader = parameters.Culture(culture);
        var order = parameters.OneOf("sort", sort, "relevance", "relevance", "earliest", "price", "name");
        var day = parameters.Date("from", from, DateOnly.MinValue);
        var modeAsked = parameters.OneOf("mode", mode, string.Empty, Modes);
        var number = parameters.Number("page", page, 1, 1, 1000);
        var length = parameters.Number("size", size, 20, 1, LargestPage);
        if (q?.Length > LongestQuery)
        {
            parameters.Wrong("q", $"must be at most {LongestQuery} characters");
        }

        if (parameters.AreWrong)
        {
            return parameters.Refuse();
        }

        var found = await FindAsync(source, Words.Query(q), Nullable(line), Nullable(city), Nullable(modeAsked), Nullable(center), order, day, reader, number, length, ct);
        if (!found.LineExists)
        {
            parameters.Wrong("line", "is not a service line; /lines lists them");
        }

        if (!found.CityExists)
        {
            parameters.Wrong("city", "is not a city of the catalogue; /cities lists them");
        }

        if (!found.CenterExists)
        {
            parameters.Wrong("center", "is not a center; /centers lists them");
        }

        return parameters.AreWrong ? parameters.Refuse() : CachedJson.Of(new Response(
            found.Total,
            number,
            length,
            await CardsAsync(db, found.Page, reader, ct),
            new Facets(Named(found.Lines, reader), Named(found.Cities, reader), [.. found.Modes.Select(one => new ModeCount(one.Id, one.Number))])));
    }

    private static string? Nullable(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static NamedCount[] Named(IEnumerable<Count> counts, string culture) =>
        [.. counts.Select(one => new NamedCount(one.Id, LocalText.Of(one.Names, culture), one.Number))];

    private static async Task<OfferCard[]> CardsAsync(CatalogDb db, Guid[] ids, string culture, CancellationToken ct)
    {
        if (ids.Length == 0)
        {
            return [];
        }

        var rows = await db.Rows().Where(row => ids.Contains(row.Offer.Id)).ToDictionaryAsync(row => row.Offer.Id, ct);
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id].ToCard(culture))];
    }

    private static async Task<Found> FindAsync(
        NpgsqlDataSource source, string[] words, string? line, string? city, string? mode, string? center, string order, DateOnly from, string culture, int page, int size, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Statement(words.Length > 0, order));
        command.Parameters.Add(new NpgsqlParameter { Value = words, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Text(line);
        Text(city);
        Text(mode);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (page - 1) * size });
        command.Parameters.Add(new NpgsqlParameter { Value = Cultures.Preferred(culture), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Text(center);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new Found(
            row.GetInt32(0),
            row.GetFieldValue<Guid[]>(1),
            Json.Read<Count[]>(row.GetString(2)),
            Json.Read<Count[]>(row.GetString(3)),
            Json.Read<Count[]>(row.GetString(4)),
            row.GetBoolean(5),
            row.GetBoolean(6),
            row.GetBoolean(7));

        void Text(string? value) => command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
    }

    /// <summary>
    /// One statement for the page, the total and all facets. What is asked is materialized, or it would be worked out anew while planning and for
    /// every rank. $1 words, $2 line, $3 city, $4 mode, $5 size, $6 offset, $7 languages, $8 center, $9 first
    /// day.
    /// </summary>
    private static string Statement(bool words, string order) =>
        $"""
        WITH {(words ? "asked AS MATERIALIZED (SELECT search_query($1) AS query), " : "")}found AS MATERIALIZED (
            SELECT s.*, {(words ? "ts_rank('{0.1, 0.3, 0.6, 1.0}', s.document, query)" : "0::real")} AS rank
            FROM offer_search s {(words ? ", asked WHERE s.document @@ query" : "WHERE cardinality($1) = 0")}
                AND ($8 IS NULL OR s.center_id = $8)
        ), page AS (
            SELECT offer_id, row_number() OVER (ORDER BY {Order(order)}) AS place
            FROM found
            WHERE ($2 IS NULL OR line_id = $2) AND ($3 IS NULL OR city_id = $3) AND ($4 IS NULL OR mode = $4)
        ), by_line AS (
            SELECT line_id AS id, count(*) AS number FROM found WHERE ($3 IS NULL OR city_id = $3) AND ($4 IS NULL OR mode = $4) GROUP BY line_id
        ), by_city AS (
            SELECT city_id AS id, count(*) AS number FROM found WHERE ($2 IS NULL OR line_id = $2) AND ($4 IS NULL OR mode = $4) GROUP BY city_id
        ), by_mode AS (
            SELECT mode AS id, count(*) AS number FROM found WHERE ($2 IS NULL OR line_id = $2) AND ($3 IS NULL OR city_id = $3) GROUP BY mode
        )
        SELECT (SELECT count(*)::int FROM page),
               (SELECT coalesce(array_agg(offer_id ORDER BY place), '{"{}"}') FROM page WHERE place > $6 AND place <= $6 + $5),
               (SELECT coalesce(json_agg(json_build_object('id', id, 'number', number, 'names', names) ORDER BY position), '[]')::text FROM by_line JOIN service_lines USING (id)),
               (SELECT coalesce(json_agg(json_build_object('id', id, 'number', number, 'names', names) ORDER BY number DESC, id), '[]')::text FROM by_city JOIN cities USING (id)),
               (SELECT coalesce(json_agg(json_build_object('id', id, 'number', number) ORDER BY number DESC, id), '[]')::text FROM by_mode),
               $2 IS NULL OR EXISTS (SELECT FROM service_lines WHERE id = $2),
               $3 IS NULL OR EXISTS (SELECT FROM cities WHERE id = $3),
               $8 IS NULL OR EXISTS (SELECT FROM centers WHERE id = $8 AND listed)
        """;

    private static string Order(string order) => order switch
    {
        // Only days from today on were told, and those that are past since count no more.
        "earliest" => $"""
            (SELECT min(day) FROM offer_days d, unnest(d.days) AS day WHERE d.offer_id = found.offer_id AND day >= greatest($9, {Today})) NULLS LAST,
            (mode = 'instant') DESC, round(rank::numeric, 1) DESC, position, price_minor NULLS LAST, offer_id
            """,
        "price" => "price_minor NULLS LAST, position, offer_id",
        "name" => """coalesce(names->>$7[1], names->>$7[2], names->>$7[3]) COLLATE "und-x-icu", price_minor NULLS LAST, offer_id""",
        // Close ranks are ties: what can be booked at once comes first.
        _ => "round(rank::numeric, 1) DESC, (mode = 'instant') DESC, position, price_minor NULLS LAST, offer_id",
    };

    // Every center is in Kazakhstan, which has one time.
    private const string Today = "(now() AT TIME ZONE 'Asia/Almaty')::date";

    private sealed record Found(int Total, Guid[] Page, Count[] Lines, Count[] Cities, Count[] Modes, bool LineExists, bool CityExists, bool CenterExists);

    private sealed record Count(string Id, int Number, Dictionary<string, string> Names);
}
