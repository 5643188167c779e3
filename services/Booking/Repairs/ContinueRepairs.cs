using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Works off what was asked for in repairs, one patient a transaction. The repair's row is locked for each, so that its patients are moved one after the
/// other in their order, whoever does it; a breakdown leaves a row pending, and the next one who comes by goes on there.
/// </summary>
public sealed class ContinueRepairs(IServiceScopeFactory scopes)
{
    private const int MostAttempts = 20;

    /// <summary>Ends when nothing of this repair is pending that is due. Waits for others who work on it.</summary>
    public async Task ForRepairAsync(Guid repairId, CancellationToken ct)
    {
        while (await OneAsync(repairId, ct))
        {
        }
    }

    /// <summary>One patient of any repair that nobody else is working on; false if there is none.</summary>
    public Task<bool> AnyAsync(CancellationToken ct) => OneAsync(null, ct);

    private async Task<bool> OneAsync(Guid? repairId, CancellationToken ct)
    {
        (Guid Repair, Guid Booking)? tried = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<BookingDb>();
            var bus = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
            return await db.InTransactionAsync(
                async () =>
                {
                    if (await LockAsync(db, repairId, ct) is not { } id)
                    {
                        return false;
                    }

                    var next = await db.RepairPatients.FromSql(
                        $"""
                        SELECT * FROM repair_patients WHERE repair_id = {id} AND pending IS NOT NULL AND retry_at <= now()
                        ORDER BY pending, CASE pending WHEN 'undo' THEN -position ELSE position END LIMIT 1 FOR UPDATE
                        """).AsNoTracking().ToListAsync(ct);
                    if (next is not [var patient])
                    {
                        return false;
                    }

                    tried = (id, patient.BookingId);
                    await (patient.Pending == "undo" ? UndoRepair.OneAsync(db, bus, patient, ct) : ApplyRepair.OneAsync(db, bus, patient, ct));
                    return true;
                },
                ct);
        }
        catch (Exception exception) when (tried is not null && exception is not OperationCanceledException)
        {
            await PutOffAsync(tried.Value.Repair, tried.Value.Booking);
            throw;
        }
    }

    /// <summary>Only its id: the proposals are large, and are not needed to move a patient.</summary>
    private static async Task<Guid?> LockAsync(BookingDb db, Guid? repairId, CancellationToken ct)
    {
        var rows = repairId is null
            ? await db.Database.SqlQuery<Guid>(
                $"""
                SELECT id AS "Value" FROM repairs WHERE id IN (SELECT repair_id FROM repair_patients WHERE pending IS NOT NULL AND retry_at <= now())
                ORDER BY planned_at LIMIT 1 FOR UPDATE SKIP LOCKED
                """).ToListAsync(ct)
            : await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM repairs WHERE id = {repairId} FOR UPDATE").ToListAsync(ct);
        return rows is [var id] ? id : null;
    }

    /// <summary>Later and later, so that one patient whose row breaks does not keep the others waiting; in the end only a person can help.</summary>
    private async Task PutOffAsync(Guid repair, Guid booking)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BookingDb>().Database.ExecuteSqlAsync(
            $"""
            UPDATE repair_patients SET attempts = attempts + 1, retry_at = now() + least(attempts, {MostAttempts}) * interval '5 seconds'
            WHERE repair_id = {repair} AND booking_id = {booking} AND pending IS NOT NULL
            """,
            CancellationToken.None);
    }

    /// <summary>Continues repairs, accepts what was not answered in time, and plans for sessions that came onto a machine while it went down.</summary>
    public sealed class Worker(ContinueRepairs work, IServiceScopeFactory scopes, TimeProvider clock, IOptions<BookingOptions> options, ILogger<Worker> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweepSeconds), clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await work.AnyAsync(stoppingToken))
                    {
                    }

                    await using var scope = scopes.CreateAsyncScope();
                    await AnswerRepair.LapseAsync(
                        scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), stoppingToken);
                    await PlanRepair.ForLeftOversAsync(
                        scope.ServiceProvider.GetRequiredService<BookingDb>(), stoppingToken);
                    await GuardCourses.RunOnceAsync(scope.ServiceProvider.GetRequiredService<BookingDb>(), stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogError(exception, "A round of repairs failed; the next one follows");
                }
            }
        }
    }
}
