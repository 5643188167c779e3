using MedTourism.Referral.Agencies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Agreements;

/// <summary>Sets the percentages of an agency from a day on. What was in force on days already begun never changes, so nothing promised is taken back.</summary>
public static class SetAgreement
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/operator/agencies/{id:guid}/agreement", Handle).RequireOrganisation("operator");

    public sealed record Request(DateOnly ValidFrom, DateOnly? ValidUntil, LinePercent[]? Lines);

    public sealed record LinePercent(string ServiceLine, decimal Percent);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(Guid id, Request request, ReferralDb db, TimeProvider clock, CancellationToken ct)
    {
        if (Faults(request) is { Length: > 0 } faults)
        {
            return Problems.Fields(faults);
        }

        return await db.InTransactionAsync<Results<NoContent, ProblemHttpResult>>(
            async () =>
            {
                // The agency's row is the lock: two operators writing at once leave the terms of one of them, whole.
                var agency = await db.Agencies.FromSql($"SELECT * FROM agencies WHERE id = {id} FOR UPDATE").AsNoTracking().SingleOrDefaultAsync(ct);
                if (agency is null)
                {
                    return Problems.NotFound("agency-unknown", "No agency with this id is known yet.");
                }

                var today = Agreement.DayOf(clock.GetUtcNow());
                if (request.ValidFrom <= today && await TouchesTermsAsync(db, id, request.ValidFrom, today, ct))
                {
                    return Problems.Conflict("terms-in-force", "Terms are in force on days already begun. Let the new terms begin tomorrow or later.");
                }

                await ReplaceAsync(db, agency, request, ct);
                return TypedResults.NoContent();
            },
            ct);
    }

    private static Task<bool> TouchesTermsAsync(ReferralDb db, Guid agencyId, DateOnly from, DateOnly today, CancellationToken ct) =>
        db.Agreements.AnyAsync(
            agreement => agreement.AgencyId == agencyId && agreement.ValidFrom <= today && (agreement.ValidUntil == null || agreement.ValidUntil >= from), ct);

    private static async Task ReplaceAsync(ReferralDb db, Agency agency, Request request, CancellationToken ct)
    {
        await db.Agreements.Where(agreement => agreement.AgencyId == agency.Id && agreement.ValidFrom >= request.ValidFrom).ExecuteDeleteAsync(ct);
        var lastDay = request.ValidFrom.AddDays(-1);
        await db.Agreements
            .Where(agreement => agreement.AgencyId == agency.Id && (agreement.ValidUntil == null || agreement.ValidUntil > lastDay))
            .ExecuteUpdateAsync(set => set.SetProperty(agreement => agreement.ValidUntil, lastDay), ct);
        db.Agreements.AddRange(request.Lines!.Select(line => new Agreement
        {
            Id = Guid.CreateVersion7(),
            AgencyId = agency.Id,
            ServiceLine = line.ServiceLine,
            Percent = line.Percent,
            ValidFrom = request.ValidFrom,
            ValidUntil = request.ValidUntil,
            Demo = agency.Demo,
        }));
        await db.SaveChangesAsync(ct);
    }

    private static (string Field, string Message)[] Faults(Request request)
    {
        List<(string, string)> faults = [];
        if (request.ValidUntil < request.ValidFrom)
        {
            faults.Add(("validUntil", "must not be before validFrom"));
        }

        if (request.Lines is not { Length: > 0 })
        {
            faults.Add(("lines", "must name at least one service line"));
            return [.. faults];
        }

        if (request.Lines.Any(line => string.IsNullOrWhiteSpace(line.ServiceLine)) || request.Lines.DistinctBy(line => line.ServiceLine).Count() < request.Lines.Length)
        {
            faults.Add(("lines.serviceLine", "must be given, each line once"));
        }

        if (request.Lines.Any(line => line.Percent is <= 0 or > 50 || decimal.Round(line.Percent, 2) != line.Percent))
        {
            faults.Add(("lines.percent", "must be above 0 and at most 50, with two decimals at most"));
        }

        return [.. faults];
    }
}
