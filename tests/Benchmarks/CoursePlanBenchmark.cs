using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using MedTourism.Booking;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Benchmarks;

/// <summary>
/// Planning a course of 33 fractions over 6 machines and 180 days, three quarters full, with 100,000 allocations in the table: read from the database
/// and plan in this process, and the same through HTTP. In milliseconds; the quartiles of the row are the fastest and the 95th percentile.
/// </summary>
internal sealed class CoursePlanBenchmark(BenchmarkOptions options)
{
    private const string Center = "bench-rt";
    private const string Key = "bench";
    private const int Days = 180;
    private const double Gate = 50;
    private static readonly Guid PlanId = new("00000000-0000-7000-8000-00000000c0de");
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(5));

    private static readonly CoursePattern Pattern = new()
    {
        Sessions = 33,
        SessionMinutes = 15,
        FirstSessionMinutes = 30,
        Cadence = Cadence.Daily,
        MinHoursBetween = 18,
        MaxGapDays = 3,
        StartBlock = 2,
        StartWeekdays = [1, 2, 3, 4],
        ResourceKinds = ["linac"],
        Machine = MachineRule.Matched,
    };

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var database = await TestServers.CreateDatabaseAsync("bench_course");
        await using var service = await ServiceProcess.StartAsync("Booking", new Dictionary<string, string>
        {
            ["ConnectionStrings__Database"] = database,
            ["ConnectionStrings__RabbitMq"] = await TestServers.CreateVirtualHostAsync("bench"),
        });
        await FillAsync(database, ct);
        await using var source = NpgsqlDataSource.Create(database);
        using var http = new HttpClient { BaseAddress = service.Address };
        var runs = options.Pairs * 25;
        return
        [
            await MeasureAsync("C1", "plan 33 fractions, 6 machines, 180 days, 100,000 allocations: read and plan (ms: p50, fastest–p95)", i => PlanAsync(source, i, ct), runs),
            await MeasureAsync("C0", "the planning of it alone (ms: p50, fastest–p95)", await PlannerAsync(source, ct), runs),
            await MeasureAsync("C2", "the same through HTTP, options kept (ms: p50, fastest–p95)", i => AskAsync(http, i, ct), runs),
        ];
    }

    private static async Task<RatioResult> MeasureAsync(string id, string what, Func<int, Task> run, int runs)
    {
        for (var i = 0; i < 60; i++)
        {
            await run(i);
        }

        List<double> times = [];
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await run(i);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{id}: {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds / runs:0.0} ms of this process's CPU each"));
        times.Sort();
        return new RatioResult(id, what, Ratio.Quantile(times, 0.5), times[0], Ratio.Quantile(times, 0.95), Gate, true, 1000 / Ratio.Quantile(times, 0.5), 0, runs);
    }

    private static async Task<Func<int, Task>> PlannerAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var db = new BookingDb(new DbContextOptionsBuilder<BookingDb>().UseNpgsql(source).Options);
        var time = (await LoadFreeTime.OfCenterAsync(db, Center, Pattern.ResourceKinds, Today, Days, ct))!;
        return run =>
        {
            Plan(time, run);
            return Task.CompletedTask;
        };
    }

    /// <summary>First days differ, so that it is not one question asked again and again.</summary>
    private static async Task PlanAsync(NpgsqlDataSource source, int run, CancellationToken ct)
    {
        await using var db = new BookingDb(new DbContextOptionsBuilder<BookingDb>().UseNpgsql(source).Options);
        var time = (await LoadFreeTime.OfCenterAsync(db, Center, Pattern.ResourceKinds, Today, Days, ct))!;
        Plan(time, run);
    }

    private static void Plan(FreeTime time, int run)
    {
        var first = Today.AddDays(1 + (run % 30));
        var answer = PlanCourse.Of(new CourseRequest(Pattern, LocalTime.Opening(first, TimeOnly.MinValue, time.Zone), first), time);
        if (answer.Plans.Count == 0)
        {
            throw new InvalidOperationException("The benchmark's center has no room for its course.");
        }
    }

    private static async Task AskAsync(HttpClient http, int run, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/courses/plan");
        request.Headers.Add("X-Access-Key", Key);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = JsonContent.Create(new
        {
            planId = PlanId,
            preferences = new { firstDayFrom = Today.AddDays(1 + (run % 30)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), lastDayBy = Today.AddDays(Days - 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
        });
        using var response = await http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync(ct);
    }

    private static async Task FillAsync(string database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            $"""
            INSERT INTO offer_terms(offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode,
                                    duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at)
            VALUES ('{PlanId}', 1, 'bench', '{"{}"}', 'bench', '{Center}', '{"{}"}', 'almaty', 'Asia/Almaty', 'case-review', 15, ARRAY['linac'], 1000000, 0, 'KZT', '[]', '{"{}"}', true, now());
            INSERT INTO resources(id, center_id, kind, name, time_zone, status, slot_minutes, demo, matched_set)
            SELECT gen_random_uuid(), CASE WHEN n <= 6 THEN '{Center}' ELSE 'bench-' || n END, 'linac', 'Gantry ' || n, 'Asia/Almaty', 'open', 15, true, 'set-' || n / 4
            FROM generate_series(1, 30) n;
            INSERT INTO weekly_hours(resource_id, weekday, from_local, to_local) SELECT id, d, '07:00', '22:00' FROM resources, generate_series(1, 5) d;
            INSERT INTO allocations(id, resource_id, starts_at, ends_at, state, booking_id)
            SELECT gen_random_uuid(), id, start, start + interval '15 minutes', 'booked', gen_random_uuid() FROM (
                SELECT r.id, start FROM resources r,
                       generate_series(date_trunc('day', now()) + interval '2 hours', date_trunc('day', now()) + interval '{Days} days', interval '15 minutes') start
                WHERE extract(hour FROM start) BETWEEN 2 AND 16 AND extract(isodow FROM start) < 6
                  AND ('x' || substr(md5(r.id::text || start::text), 1, 4))::bit(16)::int % 100 < CASE WHEN r.center_id = '{Center}' THEN 75 ELSE 40 END
                ORDER BY r.center_id <> '{Center}', start LIMIT 100000) t;
            ANALYZE;
            """);
        await command.ExecuteNonQueryAsync(ct);
        await using var plan = source.CreateCommand(
            """
            INSERT INTO treatment_plans(id, offer_id, center_id, state, pattern, priority, ready_on, price_minor, deposit_minor, currency, valid_until, access_key_hash, issued_by, demo)
            VALUES ($1, $1, $2, 'issued', $3::jsonb, 4, current_date, 1000000, 0, 'KZT', now() + interval '30 days', $4, 'bench', true)
            """);
        plan.Parameters.AddWithValue(PlanId);
        plan.Parameters.AddWithValue(Center);
        plan.Parameters.AddWithValue(System.Text.Json.JsonSerializer.Serialize(Pattern));
        plan.Parameters.AddWithValue(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await plan.ExecuteNonQueryAsync(ct);
    }
}
