using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Benchmarks;

/// <summary>R1: holds a second through HTTP against the same SQL in pgbench. R4: free times, likewise. R12: 200 clients on one start.</summary>
internal sealed class BookingBenchmarks(BenchmarkOptions options)
{
    private const int Offers = 200;
    private const int SlotMinutes = 30;
    private static readonly DateTimeOffset Begin = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(2);
    private static int _next;

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var database = await TestServers.CreateDatabaseAsync("bench_booking");
        await using var service = await ServiceProcess.StartAsync("Booking", new Dictionary<string, string>
        {
            ["ConnectionStrings__Database"] = database,
            ["ConnectionStrings__RabbitMq"] = await TestServers.CreateVirtualHostAsync("bench"),
            ["Booking__MostLiveHolds"] = "1000000",
        });
        await FillAsync(database, ct);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 400 }) { BaseAddress = service.Address };
        return
        [
            await Ratio.MeasureAsync(
                "R1", "holds through HTTP / same SQL in pgbench", 0.30,
                (time, token) => Load.RunAsync(options.Clients, time, (client, t) => HoldNextAsync(http, client, t), token),
                (time, token) => Load.PgbenchAsync(database, Script(HoldScript), options.Clients, time, token), options, ct),
            await Ratio.MeasureAsync(
                "R4", "free times of an offer, uncached / same SQL in pgbench", 0.30,
                (time, token) => Load.RunAsync(options.Clients, time, (_, t) => SearchAsync(http, t), token),
                (time, token) => Load.PgbenchAsync(database, Script(SearchScript), options.Clients, time, token), options, ct),
            await ContentionAsync(http, database, ct),
        ];
    }

    private static Guid OfferId(int n) => new($"00000000-0000-7000-8000-{n.ToString("x12", CultureInfo.InvariantCulture)}");

    private static async Task FillAsync(string database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            $"""
            INSERT INTO offer_terms(offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode,
                                    duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 'bench', '{"{}"}', 'bench', 'bench-' || n, '{"{}"}', 'almaty', 'Asia/Almaty', 'instant',
                   {SlotMinutes}, ARRAY['bench'], 1000000, 200000, 'KZT', '[]', '{"{}"}', true, now() FROM generate_series(1, {Offers}) n;
            INSERT INTO resources(id, center_id, kind, name, time_zone, status, slot_minutes, demo)
            SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench-' || n, 'bench', 'bench', 'Asia/Almaty', 'open', {SlotMinutes}, true FROM generate_series(1, {Offers}) n;
            INSERT INTO weekly_hours(resource_id, weekday, from_local, to_local)
            SELECT id, d, '00:00', '00:00' FROM resources, generate_series(1, 7) d;
            ANALYZE;
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task HoldNextAsync(HttpClient http, int client, CancellationToken ct)
    {
        var n = Interlocked.Increment(ref _next);
        await HoldAsync(http, (n % Offers) + 1, n / Offers, client, HttpStatusCode.Created, ct);
    }

    private static async Task<HttpStatusCode> HoldAsync(HttpClient http, int offer, int slot, int client, HttpStatusCode? expected, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/holds")
        {
            Content = JsonContent.Create(new { offerId = OfferId(offer), start = Begin.AddMinutes(slot * SlotMinutes) }),
        };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        request.Headers.Add("X-Forwarded-For", $"10.0.{client / 250}.{client % 250}"); // so many people, not one
        using var answer = await http.SendAsync(request, ct);
        return expected is null || answer.StatusCode == expected
            ? answer.StatusCode
            : throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private static async Task SearchAsync(HttpClient http, CancellationToken ct)
    {
        var offer = Random.Shared.Next(1, Offers + 1);
        using var answer = await http.GetAsync(new Uri($"/availability?offer={OfferId(offer)}&from={Begin:yyyy-MM-dd}&days=10", UriKind.Relative), ct);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>200 people press the button for one time: one wins, and the slowest loser is told soon.</summary>
    private async Task<RatioResult> ContentionAsync(HttpClient http, string database, CancellationToken ct)
    {
        const int people = 200;
        List<double> ratios = [];
        for (var round = 0; round < options.Pairs; round++)
        {
            List<double> alone = [];
            for (var i = 0; i < 50; i++)
            {
                var clock = Stopwatch.StartNew();
                await HoldNextAsync(http, 0, ct);
                alone.Add(clock.Elapsed.TotalMilliseconds);
            }

            alone.Sort();
            var slot = 300 * 48 + round;
            var losers = new ConcurrentBag<double>();
            var wins = 0;
            await Task.WhenAll(Enumerable.Range(0, people).Select(async person =>
            {
                var clock = Stopwatch.StartNew();
                if (await HoldAsync(http, 1, slot, person, null, ct) == HttpStatusCode.Created)
                {
                    Interlocked.Increment(ref wins);
                }
                else
                {
                    losers.Add(clock.Elapsed.TotalMilliseconds);
                }
            }));
            if (wins != 1)
            {
                throw new InvalidOperationException($"{wins} people got the same time.");
            }

            var slowest = losers.Order().ToList();
            ratios.Add(Ratio.Quantile(slowest, 0.99) / Ratio.Quantile(alone, 0.5));
        }

        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        if (await command.ExecuteScalarAsync(ct) is not 0L)
        {
            throw new InvalidOperationException("There were deadlocks.");
        }

        ratios.Sort();
        return new RatioResult(
            "R12", "200 clients on one start: p99 of losers / p50 alone; one winner, 0 deadlocks", Ratio.Quantile(ratios, 0.5), Ratio.Quantile(ratios, 0.25),
            Ratio.Quantile(ratios, 0.75), 20, Smaller: true, 0, 0, options.Pairs);
    }

    private static string Script(string sql) => sql
        .Replace("$OFFERS", Offers.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$BEGIN", Begin.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$SLOT", SlotMinutes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("\r", string.Empty, StringComparison.Ordinal);

    /// <summary>The statements of one hold as PlaceHold sends them, idempotency row and outbox row with them. Far starts, so that it never meets the service's.</summary>
    private const string HoldScript =
        """
        \set n random(1, $OFFERS)
        \set slot random(200000, 900000000)
        BEGIN;
        INSERT INTO idempotency(caller, route, key, request_hash) VALUES ('anonymous', 'POST /holds', gen_random_uuid()::text, '\x00') ON CONFLICT DO NOTHING;
        SET LOCAL lock_timeout = '2s';
        SELECT * FROM offer_terms WHERE offer_id = ('00000000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid;
        SELECT now();
        SELECT r.id, h.weekday, h.from_local, h.to_local FROM resources r JOIN weekly_hours h ON h.resource_id = r.id WHERE r.center_id = 'bench-' || :n::int AND r.kind = 'bench' AND r.status = 'open';
        SELECT pg_advisory_xact_lock((random() * 1e9)::bigint);
        SELECT count(*)::int FROM holds WHERE holder = '\x00' AND state = 'held' AND expires_at > now();
        INSERT INTO holds(id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash, holder)
            VALUES (gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid, 'bench-' || :n::int, now(), now() + interval '30 min', 'used', now() + interval '15 min', 1, 1, '\x00', NULL);
        WITH stale AS (
            DELETE FROM allocations WHERE id IN (
                SELECT id FROM allocations WHERE resource_id = ('00000000-0000-7000-9000-' || lpad(to_hex(:n::int), 12, '0'))::uuid
                    AND during && tstzrange('$BEGIN'::timestamptz + :slot::int * interval '1 min', '$BEGIN'::timestamptz + (:slot::int + $SLOT) * interval '1 min', '[)')
                    AND state = 'held' AND expires_at <= now() ORDER BY starts_at FOR UPDATE) RETURNING 1)
        INSERT INTO allocations(id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), ('00000000-0000-7000-9000-' || lpad(to_hex(:n::int), 12, '0'))::uuid, '$BEGIN'::timestamptz + :slot::int * interval '1 min',
                   '$BEGIN'::timestamptz + (:slot::int + $SLOT) * interval '1 min', 'blocked', 'bench' WHERE (SELECT count(*) FROM stale) >= 0 ON CONFLICT DO NOTHING;
        UPDATE idempotency SET status = 201, body = '\x00' WHERE caller = 'none';
        INSERT INTO outbox(message_id, destination, content_type, message_type, body, next_attempt_at)
            VALUES (gen_random_uuid(), 'none', 'application/vnd.masstransit+json', 'none', repeat('x', 900), 'infinity');
        NOTIFY outbox;
        COMMIT;
        """;

    private const string SearchScript =
        """
        \set n random(1, $OFFERS)
        SELECT * FROM offer_terms WHERE offer_id = ('00000000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid;
        SELECT now();
        SELECT r.id, h.weekday, h.from_local, h.to_local FROM resources r JOIN weekly_hours h ON h.resource_id = r.id WHERE r.center_id = 'bench-' || :n::int AND r.kind = 'bench' AND r.status = 'open';
        SELECT resource_id, starts_at, ends_at FROM allocations WHERE resource_id = ('00000000-0000-7000-9000-' || lpad(to_hex(:n::int), 12, '0'))::uuid
            AND during && tstzrange('$BEGIN', '$BEGIN'::timestamptz + interval '10 days', '[)') AND (state <> 'held' OR expires_at > now());
        """;
}
