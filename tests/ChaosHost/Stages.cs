using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.ChaosHost;

public sealed record CommandIssued(Guid Id, Guid Grp, int N);

public sealed record StageOneDone(Guid Id, Guid Grp, int N);

public sealed class ChaosDb(DbContextOptions<ChaosDb> options) : DbContext(options);

public sealed class StageOne(ChaosDb db) : IConsumer<CommandIssued>
{
    public async Task Consume(ConsumeContext<CommandIssued> context)
    {
        var message = context.Message;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO effect(id, stage, grp, n) VALUES ({message.Id}, 1, {message.Grp}, {message.N})", context.CancellationToken);
        await context.Publish(new StageOneDone(message.Id, message.Grp, message.N), context.CancellationToken);
    }
}

public sealed class StageTwo(ChaosDb db) : IConsumer<StageOneDone>
{
    public async Task Consume(ConsumeContext<StageOneDone> context)
    {
        var message = context.Message;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO effect(id, stage, grp, n) VALUES ({message.Id}, 2, {message.Grp}, {message.N})", context.CancellationToken);
    }
}
