using MassTransit;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Tracers;

/// <summary>A center enters its deliveries of tracer, sees how many doses are left of each, and takes back one that nobody needs.</summary>
public static class KeepBatches
{
    private const int MostProcedures = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/batches", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPost("/clinic/batches", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapDelete("/clinic/batches/{id:guid}", HandleWithdraw).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    /// <summary>Activities in MBq: of the vial at <see cref="CalibratedAt"/>, and of one patient's dose at injection.</summary>
    public sealed record Request(
        string[]? ProcedureIds, string? Radionuclide, DateTimeOffset DeliveredAt, DateTimeOffset UsableUntil, DateTimeOffset CalibratedAt, double ActivityMbq,
        double DoseMbq, int UptakeMinutes);

    /// <summary><see cref="Doses"/> are promised; <see cref="LeftMbq"/> is what is left of the vial at delivery, or now if that is later.</summary>
    public sealed record Response(
        Guid Id, string[] ProcedureIds, string Radionuclide, double HalfLifeMinutes, DateTimeOffset DeliveredAt, DateTimeOffset UsableUntil,
        DateTimeOffset CalibratedAt, double ActivityMbq, double DoseMbq, int UptakeMinutes, int Doses, double LeftMbq);

    private static async Task<Ok<List<Response>>> HandleList(DateTimeOffset? from, HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var now = await db.NowAsync(ct);
        var since = (from ?? now.AddDays(-1)).ToUniversalTime();
        var batches = await db.TracerBatches.AsNoTracking()
            .Where(x => x.CenterId == center && !x.Withdrawn && x.UsableUntil > since).OrderBy(x => x.DeliveredAt).ThenBy(x => x.Id).ToListAsync(ct);
        return TypedResults.Ok(await DescribeAsync(db, batches, now, ct));
    }

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        if (Errors(request, now) is { Length: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        var caller = http.Caller();
        var batch = new TracerBatch
        {
            Id = Guid.CreateVersion7(), CenterId = caller.OrganisationRef ?? string.Empty, ProcedureIds = [.. request.ProcedureIds!.Distinct()],
            Radionuclide = request.Radionuclide!, DeliveredAt = request.DeliveredAt.ToUniversalTime(), UsableUntil = request.UsableUntil.ToUniversalTime(),
            CalibratedAt = request.CalibratedAt.ToUniversalTime(), ActivityMbq = request.ActivityMbq, DoseMbq = request.DoseMbq,
            UptakeMinutes = request.UptakeMinutes, EnteredBy = caller.Subject ?? caller.ClientId ?? "unknown", EnteredAt = now,
        };
        db.TracerBatches.Add(batch);
        await db.SaveChangesAsync(ct);
        await ChangedAsync(db, bus, batch, ct);
        await FreedTime.NoteAllAsync(db, bus, batch.CenterId, ct);
        return TypedResults.Created($"/clinic/batches/{batch.Id}", (await DescribeAsync(db, [batch], now, ct))[0]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleWithdraw(
        Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        return await db.InTransactionAsync<Results<NoContent, ProblemHttpResult>>(
            async () =>
            {
                // Locked before doses are counted, as those who take one lock it.
                var locked = await db.TracerBatches.FromSql(
                    $"SELECT * FROM tracer_batches WHERE id = {id} AND center_id = {center} AND NOT withdrawn FOR UPDATE").AsNoTracking().ToListAsync(ct);
                if (locked is not [var batch])
                {
                    return Problems.NotFound("batch-unknown", "Your center has no such batch.");
                }

                var doses = await db.TracerDoses.CountAsync(x => x.BatchId == id, ct);
                if (doses > 0)
                {
                    return Problems.Conflict("batch-in-use", $"{doses} patients need this batch. Move them first.", new() { ["doses"] = doses });
                }

                await db.Database.ExecuteSqlAsync($"UPDATE tracer_batches SET withdrawn = true WHERE id = {id}", ct);
                await ChangedAsync(db, bus, batch, ct);
                return TypedResults.NoContent();
            },
            ct);
    }

    private static (string Field, string Message)[] Errors(Request request, DateTimeOffset now)
    {
        List<(string, string)> errors = [];
        Check("procedureIds", request.ProcedureIds is { Length: > 0 and <= MostProcedures } ids && ids.All(x => x is { Length: > 0 and <= 100 }), "must be the procedures it serves, for example pet-fdg");
        Check("radionuclide", Radionuclide.Of(request.Radionuclide) is not null, "must be F-18 or Ga-68");
        Check("deliveredAt", request.DeliveredAt > now.AddDays(-2) && request.DeliveredAt < now.AddDays(366), "must be a coming delivery, within a year");
        Check("usableUntil", request.UsableUntil > request.DeliveredAt && request.UsableUntil - request.DeliveredAt <= TimeSpan.FromHours(24), "must be after the delivery, by a day at most");
        Check("calibratedAt", (request.CalibratedAt - request.DeliveredAt).Duration() <= TimeSpan.FromHours(24), "must be within a day of the delivery");
        Check("activityMbq", request.ActivityMbq is > 0 and <= 1_000_000, "must be MBq at calibration, above 0 and up to 1,000,000");
        Check("doseMbq", request.DoseMbq is > 0 and <= 10_000, "must be MBq at injection, above 0 and up to 10,000");
        Check("uptakeMinutes", request.UptakeMinutes is >= 0 and <= TracerBatch.LongestUptakeMinutes, "must be 0 to 240 minutes from injection to the scan");
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add((field, otherwise));
            }
        }
    }

    private static async Task<List<Response>> DescribeAsync(BookingDb db, List<TracerBatch> batches, DateTimeOffset now, CancellationToken ct)
    {
        Guid[] ids = [.. batches.Select(batch => batch.Id)];
        var doses = (await (
            from dose in db.TracerDoses.AsNoTracking()
            join taken in db.Allocations.AsNoTracking() on dose.AllocationId equals taken.Id
            where ids.Contains(dose.BatchId) && (taken.State != Allocation.Held || taken.ExpiresAt > now)
            select dose).ToListAsync(ct)).ToLookup(x => x.BatchId);
        return batches.ConvertAll(batch => new Response(
            batch.Id, batch.ProcedureIds, batch.Radionuclide, Radionuclide.Of(batch.Radionuclide)!.HalfLifeMinutes, batch.DeliveredAt, batch.UsableUntil,
            batch.CalibratedAt, batch.ActivityMbq, batch.DoseMbq, batch.UptakeMinutes, doses[batch.Id].Count(),
            Math.Round(batch.LeftAt(now > batch.DeliveredAt ? now : batch.DeliveredAt, doses[batch.Id].Sum(x => x.NeededMbq)), 1)));
    }

    /// <summary>Free starts of the center's machines are others now.</summary>
    private static async Task ChangedAsync(BookingDb db, IPublishEndpoint bus, TracerBatch batch, CancellationToken ct)
    {
        var machines = await (
            from offer in db.OfferTerms.AsNoTracking()
            from resource in db.Resources.AsNoTracking()
            where offer.CenterId == batch.CenterId && batch.ProcedureIds.Contains(offer.ProcedureId) && resource.CenterId == batch.CenterId
                && offer.ResourceKinds.Contains(resource.Kind)
            select resource).Distinct().ToListAsync(ct);
        foreach (var machine in machines)
        {
            await BlockTime.ChangedAsync(db, bus, machine, new(batch.DeliveredAt, batch.UsableUntil.AddMinutes(batch.UptakeMinutes)), ct);
        }
    }
}
