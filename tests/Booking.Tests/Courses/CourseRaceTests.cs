using System.Net;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Sessions;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Tests.Courses;

public sealed class CourseRaceTests
{
    [Test]
    public async Task Two_course_holds_that_meet_in_one_session_are_one_whole_and_nothing()
    {
        var center = await Takers.CenterAsync(machines: 1);
        var machine = center.Machines[0];
        for (var round = 0; round < 40; round++)
        {
            // Ten days each; only the tenth of the first is the first of the second.
            var day = Market.At(5).AddDays(30 * round);
            var first = await Takers.PrepareAsync(center, Enumerable.Range(0, 10).Select(i => (day.AddDays(i), machine)));
            var second = await Takers.PrepareAsync(center, Enumerable.Range(9, 10).Select(i => (day.AddDays(i), machine)));
            var won = await Task.WhenAll(first.TakeAsync(), second.TakeAsync());
            Assert.That(won.Count(x => x), Is.EqualTo(1), $"Round {round}.");
            Assert.That((await first.CountAsync(), await second.CountAsync()), Is.EqualTo(won[0] ? (10, 0) : (0, 10)), $"Round {round}.");
        }
    }

    [Test]
    public async Task Two_patients_who_choose_the_same_course_at_once_are_one_winner_and_one_with_fresh_plans()
    {
        var market = await Clinic.OpenAsync();
        for (var round = 0; round < 6; round++)
        {
            var plans = await Task.WhenAll(Clinic.IssueAsync(market), Clinic.IssueAsync(market));
            var guests = new[] { Market.NewGuest(), Market.NewGuest() };
            var options = await Task.WhenAll(guests[0].FirstOptionAsync(plans[0]), guests[1].FirstOptionAsync(plans[1]));
            var replies = await Task.WhenAll(guests[0].TryHoldCourseAsync(plans[0], options[0]), guests[1].TryHoldCourseAsync(plans[1], options[1]));
            Assert.That(replies.Select(x => x.Status), Is.EquivalentTo(new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
            var lost = replies[0].Status == HttpStatusCode.Conflict ? 0 : 1;
            Assert.That(await market.CountAsync("SELECT count(*) FROM allocations a JOIN holds h ON h.id = a.hold_id WHERE h.plan_id = $1", plans[lost].Id), Is.Zero);
            Assert.That(await market.CountAsync("SELECT count(*) FROM sessions s JOIN holds h ON h.id = s.hold_id WHERE h.plan_id = $1", plans[lost].Id), Is.Zero);
            Assert.That(await market.CountAsync("SELECT count(*) FROM allocations a JOIN holds h ON h.id = a.hold_id WHERE h.plan_id = $1", plans[1 - lost].Id), Is.EqualTo(10));
            Assert.That((await guests[lost].TryHoldCourseAsync(plans[lost], replies[lost].Body.GetProperty("fresh").GetProperty("options")[0])).Status, Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [Test]
    public async Task Two_hundred_clients_on_twenty_starts_of_two_resources_take_each_start_once_without_a_deadlock()
    {
        var center = await Takers.CenterAsync(machines: 2);
        var random = new Random(7);
        var start = Market.At(5);
        var clients = new List<Takers.Taker>();
        for (var i = 0; i < 200; i++)
        {
            // A course of one session needs both resources; which is named first differs.
            var slot = start.AddMinutes(20 * random.Next(20));
            clients.Add(await Takers.PrepareAsync(center, [(slot, center.Machines[i % 2])], alsoNeeds: center.Machines[1 - (i % 2)]));
        }

        var won = await Task.WhenAll(clients.Select(x => x.TakeAsync()));
        var starts = clients.Select(x => x.Times[0].Start).ToArray();
        foreach (var slot in starts.Distinct())
        {
            Assert.That(Enumerable.Range(0, 200).Count(i => starts[i] == slot && won[i]), Is.EqualTo(1), $"{slot}");
        }

        Assert.That((long)(await Market.ScalarAsync("SELECT count(*) FROM allocations WHERE resource_id = ANY($1)", center.Machines))!, Is.EqualTo(2 * starts.Distinct().Count()));
    }

    [Test]
    public async Task Courses_that_cross_in_many_sessions_never_deadlock_and_never_share_one()
    {
        var center = await Takers.CenterAsync(machines: 3);
        var random = new Random(11);
        var start = Market.At(5);
        var clients = new List<Takers.Taker>();
        for (var i = 0; i < 60; i++)
        {
            var days = Enumerable.Range(0, 15).OrderBy(_ => random.Next()).Take(6);
            clients.Add(await Takers.PrepareAsync(center, days.Select(day => (start.AddDays(day), center.Machines[random.Next(3)]))));
        }

        var won = await Task.WhenAll(clients.Select(x => x.TakeAsync()));
        Assert.That(won, Does.Contain(true).And.Contain(false));
        for (var i = 0; i < clients.Count; i++)
        {
            Assert.That(await clients[i].CountAsync(), Is.EqualTo(won[i] ? 6 : 0));
        }
    }
}

/// <summary>Those who take sessions straight from the database, as the service does it.</summary>
internal static class Takers
{
    public sealed record Center(string Id, Guid[] Machines);

    public static async Task<Center> CenterAsync(int machines)
    {
        var center = new Center($"center-{Guid.NewGuid():N}"[..20], [.. Enumerable.Range(0, machines).Select(_ => Guid.CreateVersion7())]);
        await Market.ScalarAsync(
            """
            INSERT INTO resources (id, center_id, kind, name, time_zone, status, slot_minutes, demo)
            SELECT id, $1, 'linac', 'Gantry', 'Asia/Almaty', 'open', 20, true FROM unnest($2) AS id
            """,
            center.Id, center.Machines);
        return center;
    }

    public static BookingDb Db() => new(new DbContextOptionsBuilder<BookingDb>().UseNpgsql(Running.App.ConnectionString).Options);

    public static async Task<Guid> HoldAsync(Center center)
    {
        var id = Guid.CreateVersion7();
        await Market.ScalarAsync(
            """
            INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash)
            VALUES ($1, gen_random_uuid(), $2, now(), now() + interval '1 hour', 'held', now() + interval '1 hour', 1, 1, '')
            """,
            id, center.Id);
        return id;
    }

    public static async Task<Taker> PrepareAsync(Center center, IEnumerable<(DateTimeOffset Start, Guid Machine)> sessions, Guid? alsoNeeds = null)
    {
        var hold = await HoldAsync(center);
        var wanted = sessions.Select(x => new TakeSessions.Wanted(
            Guid.CreateVersion7(), new Interval(x.Start, x.Start.AddMinutes(20)), alsoNeeds is { } also ? [x.Machine, also] : [x.Machine])).ToList();
        await Market.ScalarAsync(
            """
            INSERT INTO sessions (id, hold_id, number, phase, starts_at, ends_at, resource_ids, state)
            SELECT id, $1, row_number() OVER (), 'fraction', now(), now() + interval '1 hour', '{}', 'held' FROM unnest($2) AS id
            """,
            hold, wanted.Select(x => x.SessionId).ToArray());
        return new Taker(hold, wanted);
    }

    public sealed class Taker(Guid hold, List<TakeSessions.Wanted> wanted)
    {
        public List<Interval> Times => wanted.ConvertAll(x => x.Time);

        public async Task<bool> TakeAsync()
        {
            await using var db = Db();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var all = await TakeSessions.TryAsync(db, wanted, new TakeTime.For(Allocation.Held, hold, null, 1, Market.Now.AddHours(1)), CancellationToken.None);
            if (all)
            {
                await transaction.CommitAsync();
            }

            return all;
        }

        public async Task<int> CountAsync() => (int)(long)(await Market.ScalarAsync("SELECT count(*) FROM allocations WHERE hold_id = $1", hold))!;
    }
}
