using System.Text.Json;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Repairs;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Repairs;

public sealed class GapGuardTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Market.Zone);
    private static readonly CoursePattern Pattern = Ward.Daily with { Sessions = 4, MaxGapDays = 3, MaxProlongationDays = 2 };

    [TestCase("Mon:delivered Tue:delivered Wed:booked Thu:booked", "Tue", "ok", 3, "ok")]
    [TestCase("Mon:delivered Tue:delivered Wed:down Thu:down", "Wed", "at-risk", 2, "ok")]
    [TestCase("Mon:delivered Tue:delivered Wed:down Thu:down", "Thu", "near", 1, "at-risk")]
    [TestCase("Mon:delivered Tue:delivered Wed:missed Thu:missed", "Sat", "broken", -1, "broken")]
    [TestCase("Thu:delivered Fri:delivered Mon+:booked Tue+:booked", "Sun", "ok", 1, "ok")]
    [TestCase("Mon:delivered Wed:delivered Thu:missed Fri:booked", "Thu", "ok", 2, "at-risk")]
    public void The_guard_sees_what_is_planned_in_time_and_what_is_not(string course, string today, string gap, int left, string prolongation)
    {
        var sessions = course.Split(' ').Select(x => x.Split(':')).Select(x => new GuardedSession(At(x[0], 10), x[1] == "down" ? "booked" : x[1], x[1] == "down")).ToList();
        var found = CourseStanding.Of(Pattern, sessions, course.StartsWith("Mon:delivered W", StringComparison.Ordinal) ? 4 : course.StartsWith("Thu", StringComparison.Ordinal) ? 5 : 3, At(today, 12), Zone,
            day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        Assert.That((found!.GapStatus, found.DaysLeft, found.ProlongationStatus), Is.EqualTo((gap, (int?)left, prolongation)), found.ToString());
    }

    [Test]
    public async Task A_missed_session_is_made_up_by_a_new_one_that_a_clinician_wants_and_undo_takes_it_back()
    {
        var ward = await Ward.OpenAsync(1);
        var patient = await ward.CourseAsync(0, -2, "09:00", Ward.Daily with { MaxGapDays = 0 });
        var session = await SessionAsync(patient.Id, 2);
        var ahead = await SessionAsync(patient.Id, 5);
        Assert.That((await ward.PostAsync($"/clinic/sessions/{ahead}/missed")).Slug, Is.EqualTo("session-not-markable"), "it is still to come");
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/missed", token: ward.Token("scheduler", "elsewhere"))).Slug, Is.EqualTo("session-unknown"));
        var before = await Ward.SnapshotAsync(patient.Id);
        var marked = await ward.PostAsync($"/clinic/sessions/{session}/missed", token: ward.Doctor);
        Assert.That(marked.Text("state"), Is.EqualTo("missed"), marked.Body.ToString());
        var repair = marked.Id("repairId");
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/delivered")).Body.GetProperty("repairId").ValueKind, Is.EqualTo(JsonValueKind.Null), "a mistake is corrected");
        Assert.That((await ward.GetAsync($"/clinic/repairs/{repair}")).Text("state"), Is.EqualTo("withdrawn"));
        Assert.That(await Ward.SnapshotAsync(patient.Id), Is.EqualTo(before));

        repair = (await ward.PostAsync($"/clinic/sessions/{session}/missed")).Id("repairId");
        var missed = await Ward.SnapshotAsync(patient.Id);
        var listed = (await ward.GetAsync("/clinic/gap-guard")).Body[0];
        Assert.That((listed.GetProperty("course").GetProperty("owed").GetInt32(), listed.GetProperty("repairId").GetGuid()), Is.EqualTo((1, repair)), listed.ToString());
        await ward.ChooseAsync(repair);
        await ward.PostAsync($"/clinic/repairs/{repair}/approve", new { bookingIds = new[] { patient.Id } }, ward.Doctor);
        Assert.That(Ward.StateOf(await ward.ApplyAsync(repair), patient.Id), Is.EqualTo("applied"));
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND number = 6 AND state = 'proposed'", patient.Id), Is.EqualTo(1));
        Assert.That(await ward.AgreesAsync());
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/delivered")).Slug, Is.EqualTo("session-not-markable"), "it was made up for");
        Assert.That((await ward.GetAsync("/clinic/gap-guard")).Body[0].GetProperty("course").GetProperty("owed").GetInt32(), Is.Zero);

        Assert.That(Ward.StateOf(await ward.PostAsync($"/clinic/repairs/{repair}/undo"), patient.Id), Is.EqualTo("undone"));
        Assert.That(await Ward.SnapshotAsync(patient.Id), Is.EqualTo(missed));
    }

    [Test]
    public async Task Warnings_are_written_once_a_day_whoever_looks_and_the_most_urgent_course_is_first()
    {
        var ward = await Ward.OpenAsync(2);
        var calm = await ward.CourseAsync(1, -2, "09:00", Ward.Daily with { MaxGapDays = 5 });
        var pressed = await ward.CourseAsync(0, -2, "10:00", Ward.Daily with { MaxGapDays = 1, MaxProlongationDays = 1, Machine = MachineRule.Same });
        await Market.ScalarAsync("UPDATE sessions SET state = 'missed' WHERE booking_id = $1 AND number = 2", pressed.Id); // urgent on weekends too
        await ward.DownAsync(0, 1, 20);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ward.WithAsync(x => GuardCourses.RunOnceAsync(x.GetRequiredService<BookingDb>(), CancellationToken.None))));
        Task<long> CountAsync() => ward.Market.CountAsync("SELECT count(*) FROM gap_warnings WHERE booking_id = $1", pressed.Id);
        var warned = await CountAsync();
        Assert.That(warned, Is.GreaterThanOrEqualTo(1));
        await Market.ScalarAsync("UPDATE course_guards SET checked_on = checked_on - 1 WHERE booking_id = $1", pressed.Id);
        await Ward.WithAsync(x => GuardCourses.RunOnceAsync(x.GetRequiredService<BookingDb>(), CancellationToken.None));
        Assert.That(await CountAsync(), Is.EqualTo(warned), "the same is not said again");
        var list = (await ward.GetAsync("/clinic/gap-guard")).Body.EnumerateArray().ToList();
        Assert.That(list.Select(x => x.GetProperty("bookingId").GetGuid()), Is.EqualTo(new[] { pressed.Id, calm.Id }));
        Assert.That(list[0].GetProperty("course").GetProperty("withoutMachine").GetInt32(), Is.EqualTo(3), list[0].ToString());
        Assert.That(list[0].GetProperty("warnings").GetArrayLength(), Is.EqualTo(warned));
        Assert.That(await ward.Market.CountAsync("SELECT planned_days::bigint FROM course_guards WHERE booking_id = $1", calm.Id), Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public async Task Of_two_who_mark_a_session_at_once_one_is_told_what_the_other_did_and_the_mark_is_taken_back_the_same_day()
    {
        var ward = await Ward.OpenAsync(1);
        var patient = await ward.CourseAsync(0, -2, "09:00", Ward.Daily with { MaxGapDays = 0 });
        var session = await SessionAsync(patient.Id, 2);
        await Market.ScalarAsync("UPDATE sessions SET state = 'booked' WHERE id = $1", session);
        var both = await Task.WhenAll(
            ward.PostAsync($"/clinic/sessions/{session}/delivered", new { expected = "booked" }),
            ward.PostAsync($"/clinic/sessions/{session}/missed", new { expected = "booked", reason = "patient" }, ward.Doctor));
        var won = both.Single(x => x.Slug.Length == 0).Text("state");
        var lost = both.Single(x => x.Slug.Length > 0);
        Assert.That((lost.Slug, lost.Text("state")), Is.EqualTo(("session-changed", won)));
        Assert.That(await EventsAsync(patient.Id), Is.EqualTo($"booked>{won}"));

        var marks = (await ward.GetAsync($"/clinic/bookings/{patient.Id}")).Body.GetProperty("marks").EnumerateArray().ToDictionary(x => x.GetProperty("sessionId").GetGuid());
        Assert.That(marks, Does.ContainKey(session).And.Not.ContainKey(await SessionAsync(patient.Id, 5)));
        Assert.That(marks[session].GetProperty("undoable").GetBoolean());
        Assert.That(marks[await SessionAsync(patient.Id, 1)].GetProperty("undoable").GetBoolean(), Is.False, "nobody marked it today");

        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/unmark")).Text("state"), Is.EqualTo("booked"));
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/unmark")).Slug, Is.EqualTo("session-not-unmarkable"));
        Assert.That(await EventsAsync(patient.Id), Is.EqualTo($"booked>{won} {won}>booked"));

        await ward.PostAsync($"/clinic/sessions/{session}/delivered");
        await Market.ScalarAsync("UPDATE sessions SET marked_at = marked_at - interval '1 day' WHERE id = $1", session);
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/unmark")).Slug, Is.EqualTo("session-not-unmarkable"), "it was marked yesterday");
        Assert.That((await ward.PostAsync($"/clinic/sessions/{session}/missed", new { reason = "had a fever" })).Slug, Is.EqualTo("invalid-fields"));
    }

    [Test]
    public async Task The_guard_looks_at_a_course_again_on_the_day_a_session_is_marked_missed()
    {
        var ward = await Ward.OpenAsync(1);
        var patient = await ward.CourseAsync(0, -2, "09:00", Ward.Daily with { MaxGapDays = 0 });
        await Ward.WithAsync(x => GuardCourses.RunOnceAsync(x.GetRequiredService<BookingDb>(), CancellationToken.None));
        Task<long> MissedAsync() => ward.Market.CountAsync("SELECT count(*) FROM gap_warnings WHERE booking_id = $1 AND kind = 'missed'", patient.Id);
        Assert.That(await MissedAsync(), Is.Zero);
        await ward.PostAsync($"/clinic/sessions/{await SessionAsync(patient.Id, 2)}/missed");
        await TestKit.Eventually.That(
            async () => await Ward.WithAsync(x => GuardCourses.RunOnceAsync(x.GetRequiredService<BookingDb>(), CancellationToken.None)) >= 0 && await MissedAsync() == 1,
            "the guard did not look again");
    }

    private static async Task<string?> EventsAsync(Guid booking) => (await Market.ScalarAsync(
        "SELECT string_agg(from_state || '>' || to_state, ' ' ORDER BY id) FROM booking_events WHERE booking_id = $1 AND kind LIKE 'session-%'", booking)) as string;

    private static async Task<Guid> SessionAsync(Guid booking, int number) => (Guid)(await Market.ScalarAsync("SELECT id FROM sessions WHERE booking_id = $1 AND number = $2", booking, number))!;

    /// <summary>An hour of a weekday in one fixed week, or with a plus in the next.</summary>
    private static DateTimeOffset At(string day, int hour)
    {
        var offset = Array.IndexOf(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day[..3]) + (day.EndsWith('+') ? 7 : 0);
        return RandomClinic.At(RandomClinic.Today.AddDays(offset), hour, 0);
    }
}
