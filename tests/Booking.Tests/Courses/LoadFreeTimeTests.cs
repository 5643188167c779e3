using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Tests.Courses;

public sealed class LoadFreeTimeTests
{
    [Test]
    public async Task What_others_hold_and_block_is_not_free_and_says_so_and_what_lapsed_is()
    {
        var market = await Market.OpenAsync(minutes: 60, slot: 60);
        var (guest, token) = (Market.NewGuest(), Clinic.Token(market.CenterId, "scheduler"));
        var (held, lapsed, blocked, open) = (Market.At(5, "09:00"), Market.At(5, "11:00"), Market.At(5, "13:00"), Market.At(5, "15:00"));
        await guest.HoldAsync(market, held);
        await Market.LapseAsync((await guest.HoldAsync(market, lapsed)).Id);
        var resource = (Guid)(await Market.ScalarAsync("SELECT id FROM resources WHERE center_id = $1", market.CenterId))!;
        await guest.SendAsync(HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = blocked, end = blocked.AddHours(1), reason = "quality assurance" }, token: token);

        var machine = (await LoadAsync(market)).Resource(resource);
        Assert.Multiple(() =>
        {
            Assert.That(machine.IsFree(Hour(held)), Is.False);
            Assert.That(machine.IsFree(Hour(lapsed)), Is.True);
            Assert.That(machine.IsFree(Hour(blocked)), Is.False);
            Assert.That(machine.IsFree(Hour(open)), Is.True);
            Assert.That(machine.WhyNot(Hour(held)).Select(x => (x.Kind, x.Reason, x.From, x.To)), Is.EqualTo(new[] { ("taken", (string?)null, held, held.AddHours(1)) }));
            Assert.That(machine.WhyNot(Hour(blocked)).Select(x => (x.Kind, x.Reason, x.From, x.To)), Is.EqualTo(new[] { ("blocked", "quality assurance", blocked, blocked.AddHours(1)) }));
            Assert.That(machine.WhyNot(Hour(Market.At(5, "19:00"))).Select(x => x.Kind), Is.EqualTo(new[] { "hours" }));
        });
    }

    [Test]
    public async Task Time_of_sessions_that_may_move_counts_as_free()
    {
        var market = await Clinic.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldCourseAsync(await Clinic.IssueAsync(market));
        var shown = await guest.SendAsync(HttpMethod.Get, $"/holds/{hold.Id}", key: hold.Key);
        var sessions = shown.Sessions().ConvertAll(x => x.GetProperty("sessionId").GetGuid());
        var times = shown.Sessions().ConvertAll(x => new Interval(x.GetProperty("start").GetDateTimeOffset(), x.GetProperty("end").GetDateTimeOffset()));
        var (all, without) = (await LoadAsync(market), await LoadAsync(market, sessions.Take(4)));
        Assert.That(times.ConvertAll(all.Resources[0].IsFree), Is.All.False);
        Assert.That(times.ConvertAll(without.Resources[0].IsFree), Is.EqualTo(Enumerable.Range(0, 10).Select(i => i < 4)));
    }

    private static Interval Hour(DateTimeOffset start) => new(start, start.AddHours(1));

    private static async Task<FreeTime> LoadAsync(Market market, IEnumerable<Guid>? except = null)
    {
        await using var db = Takers.Db();
        var today = LocalTime.DateOf(Market.Now, TimeZoneInfo.FindSystemTimeZoneById(Market.Zone));
        return (await LoadFreeTime.OfCenterAsync(db, market.CenterId, null, today, 60, CancellationToken.None, except?.ToArray()))!;
    }
}
