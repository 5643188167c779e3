using MedTourism.Referral.Referrals;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Demo;

/// <summary>
/// Puts two demo agencies with illustrative percentages, a few links and a few referrals into an empty service when <c>Demo</c> is on. Everything is
/// marked demo; running it again changes nothing.
/// </summary>
public sealed class SeedDemo(IServiceScopeFactory scopes, ILogger<SeedDemo> log) : IHostedService
{
    private static readonly Guid First = new("0190d000-0000-7000-8000-00000000a001");
    private static readonly Guid Second = new("0190d000-0000-7000-8000-00000000a002");

    private static readonly (string Line, decimal First, decimal Second)[] Percentages =
    [
        ("radiation", 5m, 4m), ("radiosurgery", 5m, 4m), ("nuclear", 6m, 5m), ("cardiac", 5m, 4m), ("neurosurgery", 5m, 4m), ("transplant", 3m, 3m),
        ("onco-surgery", 5m, 4m), ("ortho", 7m, 6m), ("ent-eye", 8m, 7m), ("reproductive", 8m, 7m), ("maternal-child", 5m, 4m), ("endoscopy", 8m, 7m),
        ("dental", 10m, 9m), ("rehab", 10m, 8m), ("check-up", 12m, 10m), ("remote", 10m, 8m),
    ];

    private static readonly (Guid Agency, string Code, string Label, int Visits)[] Links =
    [
        (First, "DEMA2X7K", "DEMO website banner", 214), (First, "DEMA9TRP", "DEMO autumn fair", 58), (Second, "DEMB4HWN", "DEMO newsletter", 97),
    ];

    private static readonly (string Reference, string Code, string Line, string State, decimal Percent, long Price, int DaysAgo)[] Referrals =
    [
        ("KZ-DEMO-01", "DEMA2X7K", "nuclear", "pending", 6m, 21_500_000, 12), ("KZ-DEMO-02", "DEMA2X7K", "check-up", "pending", 12m, 9_900_000, 9),
        ("KZ-DEMO-03", "DEMA9TRP", "dental", "void", 10m, 48_000_000, 21), ("KZ-DEMO-04", "DEMA9TRP", "radiosurgery", "attributed", 5m, 380_000_000, 1),
        ("KZ-DEMO-05", "DEMB4HWN", "ortho", "pending", 6m, 160_000_000, 15),
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ReferralDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO agencies(id, name, demo) VALUES ({First}, 'DEMO Travel Agency', true), ({Second}, 'DEMO Health Travel', true)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);

        // The agency's row is the lock between replicas that start together.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM agencies WHERE id = {First} FOR UPDATE", cancellationToken);
        if (!await db.Agreements.AnyAsync(agreement => agreement.AgencyId == First || agreement.AgencyId == Second, cancellationToken))
        {
            await SeedAsync(db, cancellationToken);
            log.LogInformation("Demo agencies, links and referrals are in place");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task SeedAsync(ReferralDb db, CancellationToken ct)
    {
        foreach (var (line, first, second) in Percentages)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO agreements(id, agency_id, service_line, percent, valid_from, demo)
                VALUES ({Guid.CreateVersion7()}, {First}, {line}, {first}, current_date - 180, true), ({Guid.CreateVersion7()}, {Second}, {line}, {second}, current_date - 180, true)
                """,
                ct);
        }

        foreach (var (agency, code, label, visits) in Links)
        {
            var id = Guid.CreateVersion7();
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO links(id, agency_id, code, label, demo, created_at) VALUES ({id}, {agency}, {code}, {label}, true, now() - interval '120 days')", ct);
            await db.Database.ExecuteSqlAsync($"INSERT INTO visits(link_id, day, count) VALUES ({id}, current_date - 1, {visits})", ct);
        }

        foreach (var (reference, code, line, state, percent, price, daysAgo) in Referrals)
        {
            long? commission = state == "attributed" ? null : Attribution.Commission(price, percent);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO referrals(booking_id, reference, agency_id, link_id, code, service_line, state, percent, price_minor, currency, commission_minor,
                                      touched_at, placed_at, starts_at, accrued_at, voided_at, demo)
                SELECT {Guid.CreateVersion7()}, {reference}, agency_id, id, code, {line}, {state}, {percent}, {price}, 'KZT', {commission},
                       now() - make_interval(days => {daysAgo + 6}), now() - make_interval(days => {daysAgo}), now() + make_interval(days => {30 - daysAgo}),
                       CASE WHEN {state} <> 'attributed' THEN now() - make_interval(days => {daysAgo}) END,
                       CASE WHEN {state} = 'void' THEN now() - make_interval(days => {daysAgo - 1}) END, true
                FROM links WHERE code = {code}
                """,
                ct);
        }
    }
}
