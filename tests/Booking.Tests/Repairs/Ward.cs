using System.Net;
using System.Text.Json;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Repairs;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Repairs;

/// <summary>A patient of the ward with a confirmed course or visit.</summary>
internal sealed record Treated(Guid Id, string Key);

/// <summary>A center with beam-matched machines, on which courses are booked, and its staff.</summary>
internal sealed class Ward
{
    public static readonly CoursePattern Daily = new()
    {
        Sessions = 5,
        SessionMinutes = 30,
        Cadence = Cadence.Daily,
        MinHoursBetween = 12,
        MaxGapDays = 5,
        ResourceKinds = ["linac"],
        Machine = MachineRule.Matched,
    };

    private Ward(Market market, List<Guid> machines) => (Market, Machines) = (market, machines);

    public Market Market { get; }

    /// <summary>In the order of their lanes.</summary>
    public List<Guid> Machines { get; }

    public Guest Guest { get; } = Market.NewGuest();

    public string Scheduler => Token("scheduler");

    public string Doctor => Token("doctor");

    public static async Task<Ward> OpenAsync(int machines = 2)
    {
        var market = await Market.OpenAsync(["linac"], lanes: machines, minutes: 30);
        await Market.ScalarAsync("UPDATE resources SET matched_set = 'set' WHERE center_id = $1", market.CenterId);
        var ids = (string)(await Market.ScalarAsync("SELECT string_agg(id::text, ',' ORDER BY lane) FROM resources WHERE center_id = $1", market.CenterId))!;
        return new Ward(market, [.. ids.Split(',').Select(Guid.Parse)]);
    }

    public string Token(string role, string? center = null) => Running.App.Tokens.For(
        sub: $"{role}-{Market.CenterId}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: center ?? Market.CenterId, roles: [role]);

    /// <summary>A confirmed course whose sessions are on working days from the <paramref name="first"/> from today on, at one hour; past ones are delivered.</summary>
    public async Task<Treated> CourseAsync(int machine, int first, string time, CoursePattern? pattern = null, int step = 1)
    {
        var course = pattern ?? Daily;
        var days = Enumerable.Range(0, course.Sessions).Select(i => first + (i * step) + (first <= 0 && first + (i * step) >= 0 ? 1 : 0));
        return await BookAsync(machine, [.. days.Select(day => Market.At(day, time))], course);
    }

    /// <summary>Courses on the first machine from the second working day on, an hour after each other.</summary>
    public async Task<List<Treated>> CoursesAsync(int count)
    {
        List<Treated> patients = [];
        for (var i = 0; i < count; i++)
        {
            patients.Add(await CourseAsync(0, 2, $"{9 + i:00}:00"));
        }

        return patients;
    }

    public Task<long> AppliedAsync(Guid repair) => Market.CountAsync("SELECT count(*) FROM repair_patients WHERE repair_id = $1 AND state = 'applied'", repair);

    public async Task<Treated> BookAsync(int machine, DateTimeOffset[] starts, CoursePattern? pattern)
    {
        var (id, key) = (Guid.CreateVersion7(), AccessKey.New());
        var minutes = pattern?.SessionMinutes ?? 30;
        await Market.ScalarAsync(
            """
            INSERT INTO bookings (id, reference, fence, state, offer_id, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, starts_at,
                ends_at, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, deposit_paid_minor, culture, demo, placed_at, changed_at, pattern)
            SELECT $1, $2, 1, 'confirmed', offer_id, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, $3, $4, resource_kinds, price_minor,
                   deposit_minor, currency, cancellation_ladder, deposit_minor, 'de', true, now(), now(), $5::jsonb
            FROM offer_terms WHERE offer_id = $6
            """,
            id, Reference.New(), starts[0], starts[^1].AddMinutes(minutes), pattern is null ? (object)DBNull.Value : JsonSerializer.Serialize(pattern), Market.OfferId);
        await Market.ScalarAsync(
            """
            INSERT INTO booking_people (booking_id, family_name, given_names, date_of_birth, citizenship, for_self, email, culture, neutral_title)
            VALUES ($1, 'Muster', 'Erika', '1980-05-06', 'DE', true, 'erika@example.org', 'de', false)
            """,
            id);
        await Market.ScalarAsync("INSERT INTO booking_keys (booking_id, key_hash) VALUES ($1, $2)", id, AccessKey.Hash(key));
        for (var i = 0; i < starts.Length; i++)
        {
            await Market.ScalarAsync(
                """
                WITH s AS (
                    INSERT INTO sessions (id, booking_id, number, phase, starts_at, ends_at, resource_ids, state)
                    VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, ARRAY[$6], CASE WHEN $4 < now() THEN 'delivered' ELSE 'booked' END) RETURNING id)
                INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, booking_id, session_id, fence) SELECT gen_random_uuid(), $6, $4, $5, 'booked', $1, s.id, 1 FROM s
                """,
                id, i + 1, pattern is null ? "visit" : "fraction", starts[i], starts[i].AddMinutes(minutes), Machines[machine]);
        }

        return new Treated(id, key);
    }

    public Task<Reply> PostAsync(string path, object? body = null, string? token = null, string? key = null) =>
        Guest.SendAsync(HttpMethod.Post, path, body ?? new { }, key, token: token ?? (key is null ? Scheduler : null));

    public Task<Reply> GetAsync(string path, string? key = null) => Guest.SendAsync(HttpMethod.Get, path, key: key, token: key is null ? Scheduler : null);

    /// <summary>Marks a machine down for a local day's hours; gives the outage and its repair.</summary>
    public async Task<(Guid Outage, Guid Repair)> DownAsync(int machine, int day, int days = 1)
    {
        var reply = await TryDownAsync(machine, day, days);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return (reply.Id("id"), reply.Body.GetProperty("repairId").ValueKind == JsonValueKind.Null ? Guid.Empty : reply.Id("repairId"));
    }

    public Task<Reply> TryDownAsync(int machine, int day, int days = 1, string? token = null) => PostAsync(
        "/clinic/outages", new { resourceId = Machines[machine], from = Market.At(day, "00:00"), to = Market.At(day + days - 1, "23:59"), reason = "Magnetron" }, token);

    public async Task<Reply> ChooseAsync(Guid repair, string proposal = "usual-hours")
    {
        var reply = await PostAsync($"/clinic/repairs/{repair}/choose", new { proposal });
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        return reply;
    }

    public async Task<Reply> ApplyAsync(Guid repair)
    {
        var reply = await PostAsync($"/clinic/repairs/{repair}/apply");
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        return reply;
    }

    public static string StateOf(Reply repair, Guid booking) => ProgressOf(repair, booking).GetProperty("state").GetString()!;

    public static JsonElement ProgressOf(Reply repair, Guid booking) =>
        repair.Body.GetProperty("patients").EnumerateArray().Single(x => x.GetProperty("bookingId").GetGuid() == booking).GetProperty("progress");

    /// <summary>Everything about a patient's time that an undo must bring back: sessions, what they occupy, and the booking's span.</summary>
    public static async Task<string> SnapshotAsync(Guid booking) => (string)(await Market.ScalarAsync(
        """
        SELECT (SELECT string_agg(concat_ws(' ', number, phase, starts_at, ends_at, resource_ids, state, extra), '; ' ORDER BY number) FROM sessions WHERE booking_id = $1 AND state <> 'cancelled')
            || ' | ' || (SELECT string_agg(concat_ws(' ', resource_id, starts_at, ends_at, state, session_id), '; ' ORDER BY starts_at) FROM allocations WHERE booking_id = $1)
            || ' | ' || (SELECT concat_ws(' ', starts_at, ends_at, state) FROM bookings WHERE id = $1)
        """,
        booking))!;

    /// <summary>True if every session ahead has exactly its time on exactly its resources.</summary>
    public async Task<bool> AgreesAsync() => await Market.CountAsync(
        """
        SELECT count(*) FROM sessions s JOIN bookings b ON b.id = s.booking_id
        WHERE b.center_id = $1 AND b.state = 'confirmed' AND s.state IN ('booked', 'proposed')
          AND (SELECT array_agg(a.resource_id ORDER BY a.resource_id) FROM allocations a WHERE a.session_id = s.id AND a.starts_at = s.starts_at AND a.ends_at = s.ends_at AND a.state = 'booked')
              IS DISTINCT FROM (SELECT array_agg(r ORDER BY r) FROM unnest(s.resource_ids) r)
        """,
        Market.CenterId) == 0;

    public static ContinueRepairs Work => Running.App.Services.GetRequiredService<ContinueRepairs>();

    public static async Task<T> WithAsync<T>(Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider);
    }
}
