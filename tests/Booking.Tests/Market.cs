using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Contracts.Catalog;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Booking.Tests;

/// <summary>A center with machines and one offer, told over the bus as Catalog does.</summary>
public sealed class Market
{
    public const string Zone = "Asia/Almaty";
    public const long Deposit = 1_500_000;
    public static readonly string[] OneMachine = ["mri"];

    private static int _guests;

    public Guid OfferId { get; } = Guid.CreateVersion7();

    public string CenterId { get; } = $"center-{Guid.NewGuid():N}"[..20];

    public int Minutes { get; private init; }

    public static async Task<Market> OpenAsync(
        string[]? kinds = null, int lanes = 1, int minutes = 60, int slot = 30, string[]? blocking = null, long deposit = Deposit, string mode = "instant",
        string procedure = "mri-head", string line = "diagnostics")
    {
        var market = new Market { Minutes = minutes };
        kinds ??= OneMachine;
        foreach (var kind in kinds)
        {
            await market.TellMachineAsync(kind, lanes, slot);
        }

        await market.TellOfferAsync(kinds, 1, minutes, blocking, deposit, mode, procedure: procedure, line: line);
        await Eventually.That(async () =>
            await market.CountAsync("SELECT count(*) FROM offer_terms WHERE offer_id = $1", market.OfferId) == 1
            && await market.CountAsync("SELECT count(*) FROM resources WHERE center_id = $1", market.CenterId) == kinds.Length * lanes,
            "The offer did not arrive.");
        return market;
    }

    public Task TellMachineAsync(string kind, int lanes, int slot = 30, string status = "open", long version = 1) =>
        Running.App.PublishAsync(new EquipmentStatusChanged(
            $"{CenterId}-{kind}", version, CenterId, "almaty", Zone, kind, kind.ToUpperInvariant(), status, lanes, slot, true, Now));

    /// <summary>A second offer of the same center and machines.</summary>
    public async Task<Guid> AnotherOfferAsync(int minutes)
    {
        var offer = Guid.CreateVersion7();
        await TellOfferAsync(OneMachine, 1, minutes, offer: offer);
        await Eventually.That(async () => await CountAsync("SELECT count(*) FROM offer_terms WHERE offer_id = $1", offer) == 1, "The second offer did not arrive.");
        return offer;
    }

    public Task TellOfferAsync(
        string[] kinds, long version, int minutes = 60, string[]? blocking = null, long deposit = Deposit, string mode = "instant", string name = "MRI of the head",
        string procedure = "mri-head", string line = "diagnostics", Guid? offer = null) =>
        Running.App.PublishAsync(new OfferPublished(
            offer ?? OfferId, version, procedure, new() { ["en"] = name, ["ru"] = "МРТ головы" }, line, CenterId, new() { ["en"] = "Demo Center" }, "almaty",
            Zone, mode, minutes, kinds, 10 * Deposit, deposit, "KZT", [new(72, 100), new(24, 50)], blocking ?? [], true, Now));

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A local time of the working day that many working days from today.</summary>
    public static DateTimeOffset At(int days, string time = "10:00")
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var day = TimeZoneInfo.ConvertTime(Now, zone).Date;
        for (var left = Math.Abs(days); left > 0;)
        {
            day = day.AddDays(Math.Sign(days));
            left -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        var local = day + TimeSpan.Parse(time, CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>A caller with an address of their own, so that the limit of live holds is theirs alone.</summary>
    public static Guest NewGuest() => new(Interlocked.Increment(ref _guests));

    public async Task<List<DateTimeOffset>> FreeAsync(DateTimeOffset day)
    {
        var date = TimeZoneInfo.ConvertTime(day, TimeZoneInfo.FindSystemTimeZoneById(Zone)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var answer = await Running.App.Client.GetFromJsonAsync<JsonElement>($"/availability?offer={OfferId}&from={date}&days=1");
        return [.. answer.GetProperty("days")[0].GetProperty("starts").EnumerateArray().Select(start => start.GetProperty("start").GetDateTimeOffset().ToUniversalTime())];
    }

    public Task<long> AllocationsAsync(DateTimeOffset start) =>
        CountAsync("SELECT count(*) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE r.center_id = $1 AND a.starts_at = $2", CenterId, start);

    public async Task<long> CountAsync(string sql, params object[] values) => (long)(await ScalarAsync(sql, values))!;

    public static async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(Running.App.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return await command.ExecuteScalarAsync();
    }

    /// <summary>Moves the clock past a hold's end, without waiting.</summary>
    public static Task LapseAsync(Guid holdId) => ScalarAsync(
        """
        WITH a AS (UPDATE allocations SET expires_at = now() - interval '1 second' WHERE hold_id = $1 AND state = 'held')
        UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1 AND state = 'held'
        """,
        holdId);
}
