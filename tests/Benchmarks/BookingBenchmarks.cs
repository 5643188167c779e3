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
        });
        await FillAsync(database, ct);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 400 }) { BaseAddress = service.Address };
        var holds = await Ratio.MeasureAsync(
            "R1", "holds through HTTP / same SQL in pgbench", 0.30,
            (time, token) => HoldsAsync(service.Address, time, token),
            (time, token) => Load.PgbenchAsync(database, BookingFloors.PlaceHold(Offers, Begin, SlotMinutes), options.Clients, time, token), options, ct);
        var contention = await ContentionAsync(http, database, ct);
        await TakeAQuarterAsync(database, ct);
        var searches = await Ratio.MeasureAsync(
            "R4", "free times of an offer, uncached / same SQL in pgbench", 0.30,
            (time, token) => Load.WrkAsync(service.Address, options.Clients, time, token, SearchScript),
            (time, token) => Load.PgbenchAsync(database, BookingFloors.Search(Offers, Begin), options.Clients, time, token), options, ct);
        return [holds, contention, searches];
    }

    private static Guid OfferId(int n) => new($"00000000-0000-7000-8000-{n.ToString("x12", CultureInfo.InvariantCulture)}");

    /// <summary>Ids of resources are hashes, as Booking makes them: ids that differ in their last bytes only would spoil the index of times.</summary>
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
            SELECT md5('resource' || n)::uuid, 'bench-' || n, 'bench', 'bench', 'Asia/Almaty', 'open', {SlotMinutes}, true FROM generate_series(1, {Offers}) n;
            INSERT INTO weekly_hours(resource_id, weekday, from_local, to_local)
            SELECT id, d, '00:00', '00:00' FROM resources, generate_series(1, 7) d;
            ANALYZE;
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>One calendar for every run: a quarter of all starts is taken.</summary>
    private static async Task TakeAQuarterAsync(string database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            $"""
            TRUNCATE allocations, holds CASCADE;
            INSERT INTO allocations(id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), r.id, start, start + interval '{SlotMinutes} min', 'blocked', 'bench'
            FROM resources r CROSS JOIN generate_series('{Begin:yyyy-MM-dd}'::timestamptz, '{Begin:yyyy-MM-dd}'::timestamptz + interval '20 days', interval '{SlotMinutes} min') AS start
            WHERE abs(hashtext(r.id::text || start::text)) % 4 = 0;
            """);
        await command.ExecuteNonQueryAsync(ct);
        command.CommandText = "VACUUM ANALYZE";
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Every hold is another person's, of the next free start.</summary>
    private async Task<double> HoldsAsync(Uri service, TimeSpan time, CancellationToken ct)
    {
        var perSecond = await Load.WrkAsync(service, options.Clients, time, ct, HoldScript(_next));
        _next += (int)(perSecond * time.TotalSeconds * 1.1) + (10 * options.Clients);
        return perSecond;
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
        request.Headers.Add("X-Forwarded-For", $"172.{client >> 16}.{(client >> 8) & 255}.{client & 255}"); // so many people, not one
        using var answer = await http.SendAsync(request, ct);
        return expected is null || answer.StatusCode == expected
            ? answer.StatusCode
            : throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
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
                await HoldNextAsync(http, (round * 50) + i, ct);
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

    private static string HoldScript(int from) =>
        $$"""
        local n = {{from}}
        request = function()
            n = n + 1
            local start = os.date("!%Y-%m-%dT%H:%M:%SZ", {{Begin.ToUnixTimeSeconds()}} + math.floor(n / {{Offers}}) * {{SlotMinutes * 60}})
            local offer = string.format("00000000-0000-7000-8000-%012x", n % {{Offers}} + 1)
            return wrk.format("POST", "/holds", {
                ["Content-Type"] = "application/json",
                ["Idempotency-Key"] = "bench-" .. n,
                ["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
            }, string.format('{"offerId":"%s","start":"%s"}', offer, start))
        end
        """;

    private static readonly string SearchScript =
        $$"""
        request = function()
            return wrk.format("GET", string.format("/availability?offer=00000000-0000-7000-8000-%012x&from={{Begin:yyyy-MM-dd}}&days=10", math.random(1, {{Offers}})))
        end
        """;
}
