using MassTransit;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Waitlist;
using MedTourism.Contracts.Catalog;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Resources;

/// <summary>
/// Keeps one resource per unit of a machine. A machine without hours gets usual ones until its center says otherwise. One that is open no longer is down
/// until further notice, and the repair of its sessions is planned.
/// </summary>
public sealed class WhenEquipmentStatusChanged(BookingDb db) : IConsumer<EquipmentStatusChanged>
{
    public async Task Consume(ConsumeContext<EquipmentStatusChanged> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var machine = context.Message;
        var ct = context.CancellationToken;

        // The row decides which of two versions is the later one and makes two consumers of one machine take turns.
        var newer = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO equipment_versions AS known (equipment_id, version) VALUES ({machine.EquipmentId}, {machine.Version})
            ON CONFLICT (equipment_id) DO UPDATE SET version = EXCLUDED.version WHERE known.version < EXCLUDED.version
            """,
            ct);
        if (newer == 0)
        {
            return;
        }

        // Whoever takes time of these units waits, and sees their new status.
        var before = await db.Resources.FromSql($"SELECT * FROM resources WHERE equipment_id = {machine.EquipmentId} ORDER BY id FOR UPDATE").AsNoTracking().ToListAsync(ct);
        for (var lane = 1; lane <= machine.Lanes; lane++)
        {
            var id = Resource.IdOf(machine.EquipmentId, lane);
            var name = machine.Lanes == 1 ? machine.Name : $"{machine.Name} · {lane}";
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO resources (id, center_id, kind, name, lane, time_zone, status, equipment_id, slot_minutes, demo)
                VALUES ({id}, {machine.CenterId}, {machine.Kind}, {name}, {lane}, {machine.TimeZone}, {machine.Status}, {machine.EquipmentId}, {machine.SlotMinutes}, {machine.Demo})
                ON CONFLICT (id) DO UPDATE SET center_id = EXCLUDED.center_id, kind = EXCLUDED.kind, name = EXCLUDED.name,
                    time_zone = EXCLUDED.time_zone, status = EXCLUDED.status, slot_minutes = EXCLUDED.slot_minutes, demo = EXCLUDED.demo
                """,
                ct);
            await DefaultHours.AddIfNoneAsync(db, id, ct);
        }

        await db.Database.ExecuteSqlAsync(
            $"UPDATE resources SET status = {Resource.Closed} WHERE equipment_id = {machine.EquipmentId} AND lane > {machine.Lanes}", ct);
        foreach (var unit in before)
        {
            await FollowAsync(context, unit, ct);
        }

        if (machine.Status == Resource.Open)
        {
            await FreedTime.NoteAllAsync(db, context, machine.CenterId, ct);
        }
    }

    private async Task FollowAsync(ConsumeContext<EquipmentStatusChanged> context, Resource before, CancellationToken ct)
    {
        var unit = await db.Resources.AsNoTracking().SingleAsync(x => x.Id == before.Id, ct);
        var known = await db.Outages.AsNoTracking().Where(x => x.ResourceId == unit.Id && x.ExceptionId == null && x.EndedAt == null).ToListAsync(ct);
        if (unit.Status == Resource.Open)
        {
            foreach (var outage in known)
            {
                await MarkDown.EndAsync(db, context, outage, ct);
            }
        }
        else if (before.Status == Resource.Open && known.Count == 0)
        {
            var now = await db.NowAsync(ct);
            var outage = MarkDown.Declare(unit, now, null, $"status: {unit.Status}", null, "catalog", now);
            db.Outages.Add(outage);
            await db.SaveChangesAsync(ct);
            await MarkDown.RepairAsync(db, context, unit, outage, ct);
        }
    }
}
