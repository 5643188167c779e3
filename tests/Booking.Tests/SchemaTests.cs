using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Booking.Tests;

public sealed class SchemaTests
{
    [Test]
    public async Task The_model_and_the_schema_agree()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        Assert.That(await SchemaAgreement.Check(scope.ServiceProvider.GetRequiredService<BookingDb>()), Is.GreaterThan(100));
    }

    [Test]
    public async Task The_database_itself_refuses_two_allocations_at_once_and_allows_neighbours()
    {
        var market = await Market.OpenAsync();
        const string sql =
            """
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason)
            SELECT gen_random_uuid(), id, $2, $2 + interval '1 hour', 'blocked', 'test' FROM resources WHERE center_id = $1
            """;
        var start = Market.At(3);
        await Market.ScalarAsync(sql, market.CenterId, start);
        await Market.ScalarAsync(sql, market.CenterId, start.AddHours(1));
        var refused = Assert.ThrowsAsync<PostgresException>(() => Market.ScalarAsync(sql, market.CenterId, start.AddMinutes(30)));
        Assert.That(refused!.ConstraintName, Is.EqualTo("allocations_one_at_a_time"));
    }

    [Test]
    public async Task Reading_what_is_busy_walks_an_index_and_not_the_table()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<BookingDb>();
        await db.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            SET enable_seqscan = off;
            EXPLAIN SELECT a.* FROM unnest(ARRAY[gen_random_uuid()]) AS r(id) CROSS JOIN LATERAL (
                SELECT * FROM allocations WHERE resource_id = r.id AND during && tstzrange(now(), now() + interval '10 days', '[)')
                  AND (state <> 'held' OR expires_at > now()) OFFSET 0) AS a
            """,
            (NpgsqlConnection)db.Database.GetDbConnection());
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        Assert.That(string.Join('\n', plan), Does.Contain("allocations_one_at_a_time").And.Contain("Index Cond: ((resource_id = r.id) AND (during &&"));
    }
}
