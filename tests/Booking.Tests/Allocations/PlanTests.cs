using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.ServiceDefaults;
using MedTourism.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedTourism.Booking.Tests.Allocations;

/// <summary>The statements that search and take time, asked how PostgreSQL would answer them in a large table.</summary>
public sealed class PlanTests
{
    private static readonly Dictionary<string, (string Sql, string Types, string Values)> Statements = new()
    {
        ["what is taken of an offer's resources"] = (OfferTimes.Statement, "uuid, timestamptz, interval", "md5('offer')::uuid, now(), interval '16 days'"),
        ["what is taken at some centers"] = (CenterTimes.Statement, "text[], text[], timestamptz, timestamptz", "ARRAY['center-3', 'center-4'], ARRAY['mri'], now(), now() + interval '14 days'"),
        ["what is taken of these resources"] = (Calendars.BusyStatement, "uuid[], timestamptz, timestamptz", "ARRAY[md5('7')::uuid, md5('8')::uuid], now(), now() + interval '60 days'"),
        ["taking for a hold"] = (TakeTime.HoldStatement, "uuid, timestamptz, timestamptz, uuid, uuid", "md5('7')::uuid, now(), now() + interval '1 hour', md5('a')::uuid, md5('b')::uuid"),
        ["taking for anything"] = (
            TakeTime.TakeStatement, "uuid, timestamptz, timestamptz, uuid, text, timestamptz, uuid, uuid, int, text",
            "md5('7')::uuid, now(), now() + interval '1 hour', md5('a')::uuid, 'blocked', NULL, NULL, NULL, 0, 'x'"),
    };

    private static string _database = string.Empty;
    private static NpgsqlDataSource _source = null!;

    [OneTimeSetUp]
    public static async Task FillAsync()
    {
        _database = await TestServers.CreateDatabaseAsync("plans");
        _source = NpgsqlDataSource.Create(_database);
        await new SchemaMigrator(_source, [typeof(SchemaMigrator).Assembly, typeof(BookingDb).Assembly], NullLogger<SchemaMigrator>.Instance).RunAsync(CancellationToken.None);
        await ExecuteAsync(
            """
            INSERT INTO resources (id, center_id, kind, name, time_zone, status, slot_minutes, demo)
            SELECT md5(n::text)::uuid, 'center-' || n % 20, 'mri', 'MRI', 'Asia/Almaty', 'open', 30, true FROM generate_series(1, 100) n
            """);
        await ExecuteAsync(
            """
            INSERT INTO offer_terms (offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode,
                                     duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at)
            SELECT md5('offer')::uuid, 1, 'x', '{}', 'x', 'center-3', '{}', 'almaty', 'Asia/Almaty', 'instant', 30, ARRAY['mri'], 1, 1, 'KZT', '[]', '{}', true, now()
            """);
        await ExecuteAsync(
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), r.id, t, t + interval '30 minutes', 'blocked', 'test'
            FROM resources r, generate_series(now(), now() + interval '299 hours', interval '1 hour') t
            """);
        await ExecuteAsync("VACUUM ANALYZE");
    }

    [OneTimeTearDown]
    public static async Task DropAsync()
    {
        await _source.DisposeAsync();
        await TestServers.DropDatabaseAsync(_database);
    }

    [Test]
    public async Task None_reads_all_allocations_whatever_its_parameters(
        [ValueSource(nameof(Names))] string name, [Values("force_generic_plan", "force_custom_plan")] string mode)
    {
        var (sql, types, values) = Statements[name];
        var plan = await PlanAsync($"SET plan_cache_mode = {mode}; PREPARE s({types}) AS {sql}; EXPLAIN EXECUTE s({values})");
        Assert.That(plan, Does.Not.Contain("Seq Scan on allocations"));
        Assert.That(plan, Does.Contain("allocations_one_at_a_time").Or.Contain("allocations_due").Or.Contain("allocations_by_start"), "held rows past their time have an index of their own");
    }

    [Test]
    public async Task A_statement_that_does_is_found_out() =>
        Assert.That(await PlanAsync("EXPLAIN SELECT * FROM allocations WHERE ends_at > now()"), Does.Contain("Seq Scan on allocations"));

    private static string[] Names() => [.. Statements.Keys];

    private static async Task<string> PlanAsync(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await rows.ReadAsync())
        {
            plan.Add(rows.GetString(0));
        }

        return string.Join('\n', plan);
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
