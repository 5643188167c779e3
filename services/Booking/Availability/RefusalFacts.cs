using MedTourism.Booking.Offers;
using Npgsql;

namespace MedTourism.Booking.Availability;

/// <summary>What a refused start could have used: units with their hours and closings, holidays with their names, and what stands in the time.</summary>
public sealed record RefusalFacts(List<RefusalFacts.Unit> Units, IReadOnlyDictionary<DateOnly, string> Holidays)
{
    public sealed record Closing(Interval Time, string? Reason);

    public sealed record Unit(Guid Id, string Name, string Kind, string Status, int SlotMinutes, ResourceCalendar Calendar, List<Closing> Closings);

    public sealed record Taken(Guid ResourceId, string State, Interval Time, string? Reason);

    public static async Task<RefusalFacts> LoadAsync(NpgsqlConnection connection, OfferTerms offer, Interval time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(offer);
        var (first, last) = (time.Start.UtcDateTime.AddDays(-2), time.End.UtcDateTime.AddDays(2));
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command("SELECT id, name, kind, status, slot_minutes, time_zone FROM resources WHERE center_id = $1 AND kind = ANY($2) ORDER BY kind, name", offer.CenterId, offer.ResourceKinds),
                Command(
                    """
                    SELECT h.resource_id, h.weekday, h.from_local, h.to_local, h.valid_from, h.valid_to
                    FROM weekly_hours h JOIN resources r ON r.id = h.resource_id WHERE r.center_id = $1 AND r.kind = ANY($2)
                    """,
                    offer.CenterId, offer.ResourceKinds),
                Command(
                    "SELECT resource_id, from_at, to_at, kind, reason FROM calendar_exceptions WHERE center_id = $1 AND to_at > $2 AND from_at < $3 ORDER BY from_at",
                    offer.CenterId, first, last),
                Command("SELECT date, name FROM public_holidays WHERE country = 'KZ' AND date BETWEEN $1 AND $2", DateOnly.FromDateTime(first), DateOnly.FromDateTime(last)),
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var units = await ReadAsync(rows, x => (Id: x.GetGuid(0), Name: x.GetString(1), Kind: x.GetString(2), Status: x.GetString(3), Slot: x.GetInt32(4), Zone: x.GetString(5)), ct);
        var hours = (await ReadAsync(rows, x => (Id: x.GetGuid(0), Hours: new OpeningHours(
            x.GetInt16(1), x.GetFieldValue<TimeOnly>(2), x.GetFieldValue<TimeOnly>(3), Optional<DateOnly>(x, 4), Optional<DateOnly>(x, 5))), ct)).ToLookup(x => x.Id, x => x.Hours);
        var exceptions = await ReadAsync(rows, x => (
            Id: Optional<Guid>(x, 0), Time: new Interval(Moment(x, 1), Moment(x, 2)), Open: x.GetString(3) == "open", Reason: x.IsDBNull(4) ? null : x.GetString(4)), ct);
        var holidays = await ReadAsync(rows, x => (Date: x.GetFieldValue<DateOnly>(0), Name: x.GetString(1)), ct);
        return new RefusalFacts(
            units.ConvertAll(unit =>
            {
                var own = exceptions.FindAll(x => x.Id is null || x.Id == unit.Id);
                return new Unit(
                    unit.Id, unit.Name, unit.Kind, unit.Status, unit.Slot,
                    new ResourceCalendar(
                        unit.Id, unit.Kind, TimeZoneInfo.FindSystemTimeZoneById(unit.Zone), unit.Slot, [.. hours[unit.Id]],
                        [.. own.Where(x => !x.Open).Select(x => x.Time)], [.. own.Where(x => x.Open).Select(x => x.Time)]),
                    [.. own.Where(x => !x.Open).Select(x => new Closing(x.Time, x.Reason))]);
            }),
            holidays.ToDictionary(x => x.Date, x => x.Name));
    }

    /// <summary>What stands in the time. A hold past its time stands in nobody's way.</summary>
    public static async Task<List<Taken>> LoadTakenAsync(NpgsqlConnection connection, OfferTerms offer, Interval time, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(offer);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    SELECT a.resource_id, a.state, a.starts_at, a.ends_at, a.reason
                    FROM resources r
                    CROSS JOIN LATERAL (
                        SELECT * FROM allocations
                        WHERE resource_id = r.id AND during && tstzrange($3, $4, '[)') AND (state <> 'held' OR expires_at > now()) OFFSET 0) AS a
                    WHERE r.center_id = $1 AND r.kind = ANY($2)
                    ORDER BY r.name, a.starts_at
                    """,
                    offer.CenterId, offer.ResourceKinds, time.Start.UtcDateTime, time.End.UtcDateTime),
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return await ReadAsync(rows, x => new Taken(
            x.GetGuid(0), x.GetString(1), new Interval(Moment(x, 2), Moment(x, 3)), x.IsDBNull(4) ? null : x.GetString(4)), ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> one, CancellationToken ct)
    {
        var list = new List<T>();
        while (await rows.ReadAsync(ct))
        {
            list.Add(one(rows));
        }

        await rows.NextResultAsync(ct);
        return list;
    }

    private static DateTimeOffset Moment(NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    private static T? Optional<T>(NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
