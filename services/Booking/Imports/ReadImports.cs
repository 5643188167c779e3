using System.Text.Json;
using MassTransit;
using MedTourism.Booking.ICalendar;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Reads the calendars that are due. A reader claims one for some minutes (SKIP LOCKED, so many may run), fetches it outside of any transaction and
/// writes the outcome if the claim is still its own. What fails is tried less and less often, and what it blocked stays blocked.
/// </summary>
public sealed class ReadImports(CalendarSource source, ImportAddresses addresses, IOptions<ImportOptions> options, ILogger<ReadImports> log)
{
    private const int LongestHours = 6;

    // The times reach 180 days on from each reading, so once a day a calendar is worked out even if it has not changed.
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);

    /// <summary>Reads one calendar that is due; false if none is.</summary>
    public async Task<bool> RunOnceAsync(BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var claimed = await db.Imports.FromSql(
            $"""
            UPDATE imports SET last_tried_at = now(), next_read_at = now() + interval '5 minutes'
            WHERE id = (SELECT id FROM imports WHERE kind = 'url' AND paused_at IS NULL AND next_read_at <= now() ORDER BY next_read_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (claimed is not [var import])
        {
            return false;
        }

        var now = await db.NowAsync(ct);
        try
        {
            var etag = import.State == "read" && import.LastReadAt > now - Fresh ? import.Etag : null;
            var fetched = await source.FetchAsync(source.Check(addresses.Of(import)), etag, ct);
            var busy = fetched.Body is null ? null : BusyCalendar.Read(fetched.Body, await ZoneAsync(db, import.ResourceId, ct), now);
            await WriteAsync(db, bus, import, busy, fetched.Etag, ct);
        }
        catch (CalendarRefusedException refused)
        {
            log.LogWarning("Import {ImportId} cannot be read: {Problem}", import.Id, refused.Code);
            await FailAsync(db, import, ImportProblem.Of(refused), ct);
        }

        return true;
    }

    /// <summary>The clock of a resource's days.</summary>
    public static async Task<TimeZoneInfo> ZoneAsync(BookingDb db, Guid resourceId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        return TimeZoneInfo.FindSystemTimeZoneById(await db.Resources.Where(x => x.Id == resourceId).Select(x => x.TimeZone).SingleAsync(ct));
    }

    private Task WriteAsync(BookingDb db, IPublishEndpoint bus, Import import, BusyCalendar? busy, string? etag, CancellationToken ct) =>
        db.InTransactionAsync(
            async () =>
            {
                var mine = await db.Imports.FromSql($"SELECT * FROM imports WHERE id = {import.Id} AND last_tried_at = {import.LastTriedAt} FOR UPDATE").AnyAsync(ct);
                if (!mine)
                {
                    return;
                }

                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE imports SET state = 'read', problem = NULL, attempts = 0, etag = {etag}, next_read_at = now() + make_interval(mins => {options.Value.EveryMinutes})
                    WHERE id = {import.Id}
                    """,
                    ct);
                if (busy is not null)
                {
                    await FoundAsync(db, bus, import, busy, ct);
                }
            },
            ct);

    /// <summary>Writes what a calendar says. Run it in a transaction that has locked the import.</summary>
    public static async Task FoundAsync(BookingDb db, IPublishEndpoint bus, Import import, BusyCalendar busy, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(import);
        ArgumentNullException.ThrowIfNull(busy);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE imports SET last_read_at = now(), last_tried_at = now(), events = {busy.Events}, notes = {JsonSerializer.Serialize(busy.Notes)}::jsonb
            WHERE id = {import.Id}
            """,
            ct);
        await KeepImportedTimes.ReplaceAsync(db, bus, import, busy.Times, ct);
    }

    private Task<int> FailAsync(BookingDb db, Import import, ImportProblem problem, CancellationToken ct)
    {
        var wait = Math.Min(LongestHours * 60, options.Value.EveryMinutes * Math.Pow(2, Math.Min(import.Attempts, 10)));
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE imports SET state = 'failing', problem = {JsonSerializer.Serialize(problem)}::jsonb, attempts = attempts + 1,
                next_read_at = now() + make_interval(mins => {(int)wait})
            WHERE id = {import.Id} AND last_tried_at = {import.LastTriedAt}
            """,
            ct);
    }

    /// <summary>Only wakes the worker; what is due is a row.</summary>
    public sealed class Signal(IOptions<ImportOptions> options) : IDisposable
    {
        private readonly SemaphoreSlim _set = new(0);

        public void Set() => _set.Release();

        public Task WaitAsync(CancellationToken ct) => _set.WaitAsync(TimeSpan.FromSeconds(options.Value.PauseSeconds), ct);

        public void Dispose() => _set.Dispose();
    }

    /// <summary>Reads a few at a time: a slow server holds up three others at most.</summary>
    public sealed class Worker(IServiceScopeFactory scopes, Signal signal, ReadImports reader, ILogger<Worker> log) : BackgroundService
    {
        private const int AtOnce = 4;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await signal.WaitAsync(stoppingToken);
                await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => DrainAsync(stoppingToken)));
            }
        }

        private async Task DrainAsync(CancellationToken ct)
        {
            try
            {
                bool more;
                do
                {
                    await using var scope = scopes.CreateAsyncScope();
                    more = await reader.RunOnceAsync(
                        scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), ct);
                }
                while (more);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Reading imported calendars failed; the next try follows");
            }
        }
    }
}
