using MedTourism.Booking.Courses;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Repairs;

/// <summary>Two at once, and breakdowns in the middle: every patient is moved once, whole, or not at all.</summary>
public sealed class RepairRaceTests
{
    [Test]
    public async Task Two_of_the_staff_apply_the_same_repair_at_once_and_each_patient_is_moved_once()
    {
        var ward = await Ward.OpenAsync();
        var patients = await ward.CoursesAsync(6);
        var (_, repair) = await ward.DownAsync(0, 4);
        await ward.ChooseAsync(repair);
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ward.PostAsync($"/clinic/repairs/{repair}/apply")));
        Assert.That(replies.Select(x => (int)x.Status), Is.All.EqualTo(200));
        await ExactlyOnceAsync(ward, repair, patients);
    }

    [Test]
    public async Task A_connection_killed_in_mid_repair_leaves_whole_patients_and_the_rest_is_done_by_who_comes_next()
    {
        var ward = await Ward.OpenAsync();
        var patients = await ward.CoursesAsync(6);
        var (_, repair) = await ward.DownAsync(0, 4);
        await ward.ChooseAsync(repair);
        var victim = (Guid)(await Market.ScalarAsync("SELECT booking_id FROM repair_patients WHERE repair_id = $1 AND position = 3", repair))!;
        await Market.ScalarAsync(
            $"""
            CREATE FUNCTION kill_{repair:N}() RETURNS trigger LANGUAGE plpgsql AS $kill$
            BEGIN
                IF NEW.booking_id = '{victim}' AND NEW.state = 'applied' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); END IF;
                RETURN NEW;
            END $kill$;
            CREATE TRIGGER kill_{repair:N} AFTER UPDATE ON repair_patients FOR EACH ROW EXECUTE FUNCTION kill_{repair:N}();
            """);
        Assert.That((int)(await ward.PostAsync($"/clinic/repairs/{repair}/apply")).Status, Is.EqualTo(500));
        Assert.That(await ward.AppliedAsync(repair), Is.EqualTo(3), "those before the breakdown are whole");
        Assert.That(await ward.AgreesAsync());
        Assert.That(
            await ward.Market.CountAsync("SELECT count(*) FROM booking_keys WHERE booking_id = $1", victim), Is.EqualTo(1), "nothing is left of the one it happened in");
        await Market.ScalarAsync($"DROP FUNCTION kill_{repair:N} CASCADE");

        // Put off for a moment, so that it would not keep the others waiting; the worker does not wait for it here.
        await Market.ScalarAsync("UPDATE repair_patients SET retry_at = now() WHERE repair_id = $1", repair);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            while (await Ward.Work.AnyAsync(CancellationToken.None))
            {
            }
        }));
        await Ward.Work.ForRepairAsync(repair, CancellationToken.None);
        await ExactlyOnceAsync(ward, repair, patients);
    }

    [Test]
    public async Task Applying_races_with_a_cancellation_and_the_time_is_free_or_the_patients_but_never_both()
    {
        for (var round = 0; round < 8; round++)
        {
            var ward = await Ward.OpenAsync();
            var patients = await ward.CoursesAsync(2);
            var (_, repair) = await ward.DownAsync(0, 4);
            await ward.ChooseAsync(repair);
            var cancel = ward.PostAsync($"/bookings/{patients[0].Id}/cancel", new { expectedRefundMinor = (await QuoteAsync(ward, patients[0])) }, key: patients[0].Key);
            var apply = ward.ApplyAsync(repair);
            await Task.WhenAll(cancel, apply);
            if ((await cancel).Slug == "quote-changed")
            {
                // The repair came first, and now the whole deposit comes back.
                await ward.PostAsync($"/bookings/{patients[0].Id}/cancel", new { expectedRefundMinor = Market.Deposit }, key: patients[0].Key);
            }

            Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM bookings WHERE id = $1 AND state = 'cancelled'", patients[0].Id), Is.EqualTo(1));
            Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1", patients[0].Id), Is.Zero);
            Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND state IN ('booked', 'proposed')", patients[0].Id), Is.Zero);
            Assert.That(Ward.StateOf(await ward.GetAsync($"/clinic/repairs/{repair}"), patients[1].Id), Is.EqualTo("applied"));
            Assert.That(await ward.AgreesAsync());
        }
    }

    [Test]
    public async Task Applying_races_with_a_hold_on_the_new_time_and_one_of_them_has_it_whole()
    {
        var (held, moved) = (0, 0);
        for (var round = 0; round < 10; round++)
        {
            var ward = await Ward.OpenAsync();
            var patient = await ward.CourseAsync(0, 2, "10:00", Ward.Daily with { Machine = MachineRule.Matched });
            var before = await Ward.SnapshotAsync(patient.Id);
            var (_, repair) = await ward.DownAsync(0, 4);
            await ward.ChooseAsync(repair);
            var guest = Market.NewGuest();
            var hold = guest.TryHoldAsync(ward.Market, Market.At(4));
            var applied = await ward.ApplyAsync(repair);
            var won = (int)(await hold).Status == 201;
            held += won ? 1 : 0;
            moved += Ward.StateOf(applied, patient.Id) == "applied" ? 1 : 0;
            if (won)
            {
                Assert.That(Ward.ProgressOf(applied, patient.Id).GetProperty("refusal").GetProperty("code").GetString(), Is.EqualTo("time-taken"), applied.Body.ToString());
                Assert.That(await Ward.SnapshotAsync(patient.Id), Is.EqualTo(before), "all of the old or all of the new");

                // Planned again, the patient goes elsewhere.
                var again = await ward.PostAsync($"/clinic/repairs/{repair}/replan");
                await ward.ChooseAsync(again.Id("id"));
                Assert.That(Ward.StateOf(await ward.ApplyAsync(again.Id("id")), patient.Id), Is.EqualTo("applied"));
            }

            Assert.That(await ward.AgreesAsync());
            Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM allocations a JOIN resources r ON r.id = a.resource_id WHERE r.center_id = $1 AND a.starts_at = $2 AND a.state IN ('held', 'booked')", ward.Market.CenterId, Market.At(4)), Is.LessThanOrEqualTo(2));
        }

        Assert.That(held + moved, Is.EqualTo(10), "one of the two, each time");
        TestContext.Out.WriteLine($"{held} holds, {moved} repairs");
    }

    [Test]
    public async Task Undo_races_with_the_patients_answer_and_one_of_them_counts()
    {
        for (var round = 0; round < 8; round++)
        {
            var ward = await Ward.OpenAsync();
            var patient = await ward.CourseAsync(0, 2, "10:00");
            var before = await Ward.SnapshotAsync(patient.Id);
            var (outage, repair) = await ward.DownAsync(0, 4);
            await ward.ChooseAsync(repair);
            await ward.ApplyAsync(repair);
            await ward.PostAsync($"/clinic/outages/{outage}/end");
            await Task.WhenAll(ward.PostAsync($"/clinic/repairs/{repair}/undo"), ward.PostAsync($"/bookings/{patient.Id}/repair/accept", key: patient.Key));
            var state = Ward.StateOf(await ward.GetAsync($"/clinic/repairs/{repair}"), patient.Id);
            Assert.That(state, Is.EqualTo("undone").Or.EqualTo("accepted"));
            Assert.That(await Ward.SnapshotAsync(patient.Id) == before, Is.EqualTo(state == "undone"));
            Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND state = 'booked'", patient.Id), Is.EqualTo(5));
            Assert.That(await ward.AgreesAsync());
        }
    }

    private static async Task<long> QuoteAsync(Ward ward, Treated patient) =>
        (await ward.GetAsync($"/bookings/{patient.Id}/cancellation", patient.Key)).Body.GetProperty("refund").GetProperty("amountMinor").GetInt64();

    private static async Task ExactlyOnceAsync(Ward ward, Guid repair, List<Treated> patients)
    {
        Assert.That(await ward.AppliedAsync(repair), Is.EqualTo(patients.Count));
        Assert.That(await ward.AgreesAsync());
        foreach (var patient in patients)
        {
            await Steps.HeardAsync<RepairProposed>(x => x.BookingId == patient.Id);
            Assert.That(
                (await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND sequence = 1", patient.Id),
                    await ward.Market.CountAsync("SELECT count(*) FROM booking_events WHERE booking_id = $1 AND kind = 'moved'", patient.Id),
                    await ward.Market.CountAsync("SELECT count(*) FROM booking_keys WHERE booking_id = $1", patient.Id)),
                Is.EqualTo((1, 1, 2)));
            Assert.That(Running.App.Received<RepairProposed>().Count(x => x.BookingId == patient.Id), Is.EqualTo(1));
        }
    }
}
