using MedTourism.ChaosHost;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.ServiceDefaults.Tests.Schema;

internal sealed class StalePlanTests
{
    private sealed record Row(int A);

    [Test]
    public async Task Work_planned_before_the_next_release_added_a_column_is_done_all_the_same()
    {
        await using var service = await ServiceUnderTest<Program>.StartAsync("chaos");
        await InTransactionAsync(service, db => db.Database.ExecuteSqlAsync($"CREATE TABLE planned AS SELECT 1 AS a"));
        for (var i = 0; i < 8; i++)
        {
            // All at the same time, so that several connections plan it.
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => InTransactionAsync(service, ReadAsync)));
        }

        await InTransactionAsync(service, db => db.Database.ExecuteSqlAsync($"ALTER TABLE planned ADD COLUMN b int"));
        var read = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => InTransactionAsync(service, ReadAsync)));
        Assert.That(read, Is.All.EqualTo(1));
    }

    private static async Task<int> ReadAsync(ChaosDb db) =>
        (await db.Database.SqlQuery<Row>($"SELECT * FROM planned").ToListAsync()).Single().A;

    private static async Task<T> InTransactionAsync<T>(ServiceUnderTest<Program> service, Func<ChaosDb, Task<T>> work)
    {
        await using var scope = service.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ChaosDb>();
        return await db.InTransactionAsync(() => work(db));
    }
}
