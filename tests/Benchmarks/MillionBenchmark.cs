using System.Diagnostics;
using System.Globalization;
using MedTourism.Booking.Availability;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Benchmarks;

/// <summary>R5: free times among a million taken ones: p95 of the API against p95 of the bare index scan of what is taken, one client each.</summary>
internal sealed class MillionBenchmark(BenchmarkOptions options)
{
    private const int Offers = 500;
    private const int TimesEach = 2000;
    private const int Days = 10;
    private static readonly DateTimeOffset Begin = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(2);

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var database = await TestServers.CreateDatabaseAsync("bench_million");
        await using var service = await ServiceProcess.StartAsync("Booking", new Dictionary<string, string>
        {
            ["ConnectionStrings__Database"] = database,
            ["ConnectionStrings__RabbitMq"] = await TestServers.CreateVirtualHostAsync("bench"),
        });
        await using var source = NpgsqlDataSource.Create($"{database};Max Auto Prepare=10");
        await FillAsync(source, ct);
        await RefuseSeqScansAsync(source, ct);
        var offers = await IdsAsync(source, "SELECT array_agg(offer_id) FROM offer_terms", ct);
        var resources = await IdsAsync(source, "SELECT array_agg(id) FROM resources", ct);
        using var http = new HttpClient { BaseAddress = service.Address };
        return
        [
            await Ratio.MeasureAsync(
                "R5", "free times among 1,000,000 taken ones: p95 of the API / p95 of the bare index scan", 3,
                (time, token) => SlowestTwentiethAsync(time, () => AskAsync(http, offers, token)),
                (time, token) => SlowestTwentiethAsync(time, () => ScanAsync(source, resources, token)), options, ct, smaller: true, unit: " ms"),
        ];
    }

    /// <summary>A year of 2,000 appointments for each of 500 machines with office hours from 8 to 20.</summary>
    private static async Task FillAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        foreach (var sql in (string[])
        [
            $"""
            INSERT INTO offer_terms(offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode,
                                    duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at)
            SELECT md5('offer' || n)::uuid, 1, 'bench', '{"{}"}', 'bench', 'bench-' || n, '{"{}"}', 'almaty', 'Asia/Almaty', 'instant',
                   30, ARRAY['bench'], 1000000, 200000, 'KZT', '[]', '{"{}"}', true, now() FROM generate_series(1, {Offers}) n
            """,
            $"""
            INSERT INTO resources(id, center_id, kind, name, time_zone, status, slot_minutes, demo)
            SELECT md5('resource' || n)::uuid, 'bench-' || n, 'bench', 'bench', 'Asia/Almaty', 'open', 30, true FROM generate_series(1, {Offers}) n
            """,
            "INSERT INTO weekly_hours(resource_id, weekday, from_local, to_local) SELECT id, d, '08:00', '20:00' FROM resources, generate_series(1, 7) d",
            // 2,000 of the 8,760 half hours that a machine is open in a year, not the same ones for all machines.
            $"""
            INSERT INTO allocations(id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), r.id, start, start + interval '30 min', 'blocked', 'bench'
            FROM resources r CROSS JOIN generate_series(0, {TimesEach - 1}) n
            CROSS JOIN LATERAL (SELECT n * 8756 / {TimesEach} + abs(hashtext(r.center_id)) % 4 AS slot) s
            CROSS JOIN LATERAL (SELECT '{Begin:yyyy-MM-dd}'::timestamptz + interval '3 hours' + slot / 24 * interval '1 day' + slot % 24 * interval '30 min' AS start) t
            """,
            "VACUUM ANALYZE",
        ])
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 1800;
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Not even a plan made for any parameters may read the whole table.</summary>
    private static async Task RefuseSeqScansAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        foreach (var mode in (string[])["force_generic_plan", "force_custom_plan"])
        {
            await using var command = new NpgsqlCommand(
                $"""
                SET plan_cache_mode = {mode};
                PREPARE busy(uuid, timestamptz, interval) AS {OfferTimes.Statement};
                EXPLAIN EXECUTE busy(md5('offer1')::uuid, '{Begin:yyyy-MM-dd}', '16 days');
                DEALLOCATE busy
                """,
                connection);
            await using var plan = await command.ExecuteReaderAsync(ct);
            while (await plan.ReadAsync(ct))
            {
                if (plan.GetString(0).Contains("Seq Scan on allocations", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"The whole table is read ({mode}).");
                }
            }
        }
    }

    /// <summary>The 95th percentile of the milliseconds one call takes, calls following each other.</summary>
    private static async Task<double> SlowestTwentiethAsync(TimeSpan time, Func<Task> call)
    {
        List<double> all = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < time;)
        {
            var one = Stopwatch.StartNew();
            await call();
            all.Add(one.Elapsed.TotalMilliseconds);
        }

        all.Sort();
        return Ratio.Quantile(all, 0.95);
    }

    private static async Task AskAsync(HttpClient http, Guid[] offers, CancellationToken ct)
    {
        var from = Begin.AddDays(Random.Shared.Next(300));
        var path = string.Create(CultureInfo.InvariantCulture, $"/availability?offer={offers[Random.Shared.Next(Offers)]}&from={from:yyyy-MM-dd}&days={Days}");
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>The same days of the same machines, by the exclusion constraint's index and nothing else.</summary>
    private static async Task ScanAsync(NpgsqlDataSource source, Guid[] resources, CancellationToken ct)
    {
        var from = Begin.AddDays(Random.Shared.Next(300));
        await using var command = source.CreateCommand(
            """
            SELECT resource_id, starts_at, ends_at FROM allocations
            WHERE resource_id = $1 AND during && tstzrange($2, $3, '[)') AND (state <> 'held' OR expires_at > now())
            """);
        command.Parameters.AddWithValue(resources[Random.Shared.Next(Offers)]);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(from.AddDays(Days).UtcDateTime);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            _ = (rows.GetGuid(0), rows.GetDateTime(1), rows.GetDateTime(2));
        }
    }

    private static async Task<Guid[]> IdsAsync(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (Guid[])(await command.ExecuteScalarAsync(ct))!;
    }
}
