using MedTourism.Booking.Availability;
using Npgsql;

namespace MedTourism.Booking.Tests.Allocations;

public sealed class TakenTimesTests
{
    [Test]
    public async Task Read_from_the_index_is_what_overlaps_a_window_however_long_it_is_and_no_lapsed_hold()
    {
        var market = await Market.OpenAsync();
        var resource = (Guid)(await Market.ScalarAsync("SELECT id FROM resources WHERE center_id = $1", market.CenterId))!;

        // Of 20 to 60 minutes with gaps of 0 to 40, every seventh as long as ten days; every fifth a hold, of which some have lapsed.
        await Market.ScalarAsync(
            """
            WITH lengths AS MATERIALIZED (
                SELECT n, CASE WHEN n % 7 = 0 THEN interval '10 days' ELSE make_interval(mins => 20 + n * 37 % 41) END AS length, make_interval(mins => n * 53 % 41) AS gap
                FROM generate_series(1, 300) n),
            ends AS (SELECT n, length, date_trunc('day', now()) + sum(length + gap) OVER (ORDER BY n) AS ends_at FROM lengths),
            held AS (
                INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash)
                SELECT md5($2 || n)::uuid, $3, $2, ends_at - length, ends_at, 'held', now() + (n % 2 * 2 - 1) * interval '1 hour', 1, 1, 'x' FROM ends WHERE n % 5 = 0)
            INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, reason, hold_id, expires_at)
            SELECT gen_random_uuid(), $1, ends_at - length, ends_at, CASE WHEN n % 5 = 0 THEN 'held' ELSE 'blocked' END, CASE WHEN n % 5 = 0 THEN NULL ELSE 'test' END,
                   CASE WHEN n % 5 = 0 THEN md5($2 || n)::uuid END, CASE WHEN n % 5 = 0 THEN now() + (n % 2 * 2 - 1) * interval '1 hour' END
            FROM ends
            """,
            resource, market.CenterId, market.OfferId);

        await using var connection = new NpgsqlConnection(Running.App.ConnectionString);
        await connection.OpenAsync();
        var found = 0;
        for (var n = 0; n < 300; n++)
        {
            var from = Market.Now.Date.AddMinutes(n * 1777 % 640_000);
            var to = from.AddMinutes(1 + (n * 7919 % 20_000));
            var indexed = await ReadAsync(connection, $"SELECT starts_at FROM ({TakenTimes.Of("$1", "$2", "$3")}) AS taken ORDER BY starts_at", resource, from, to);
            var overlapping = await ReadAsync(
                connection,
                "SELECT starts_at FROM allocations WHERE resource_id = $1 AND during && tstzrange($2, $3, '[)') AND (state <> 'held' OR expires_at > now()) ORDER BY starts_at",
                resource, from, to);
            Assert.That(indexed, Is.EqualTo(overlapping), $"{from:O} to {to:O}");
            found += indexed.Count;
        }

        Assert.That(found, Is.GreaterThan(300), "the windows met too little to prove anything");
    }

    private static async Task<List<DateTime>> ReadAsync(NpgsqlConnection connection, string sql, Guid resource, DateTime from, DateTime to)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(resource);
        command.Parameters.AddWithValue(DateTime.SpecifyKind(from, DateTimeKind.Utc));
        command.Parameters.AddWithValue(DateTime.SpecifyKind(to, DateTimeKind.Utc));
        List<DateTime> starts = [];
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            starts.Add(rows.GetDateTime(0));
        }

        return starts;
    }
}
