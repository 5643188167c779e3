using System.Net;
using System.Text.Json;
using MassTransit;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Repairs;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Catalog;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests.Repairs;

public sealed class RepairTests
{
    [Test]
    public async Task A_failed_machine_is_repaired_from_proposal_to_the_patients_yes()
    {
        var ward = await Ward.OpenAsync();
        var patient = await ward.CourseAsync(0, 2, "10:00");
        var before = await Ward.SnapshotAsync(patient.Id);
        var (outage, repair) = await ward.DownAsync(0, 4);

        var shown = await ward.GetAsync($"/clinic/repairs/{repair}");
        var proposals = shown.Body.GetProperty("proposals").EnumerateArray().ToList();
        Assert.That(proposals, Has.Count.InRange(1, 3), shown.Body.ToString());
        var totals = proposals[0].GetProperty("totals");
        Assert.That((totals.GetProperty("patients").GetInt32(), totals.GetProperty("sessionsMoved").GetInt32(), totals.GetProperty("impossible").GetInt32()), Is.EqualTo((1, 1, 0)));
        Assert.That(shown.Body.GetProperty("outage").GetProperty("id").GetGuid(), Is.EqualTo(outage));
        Assert.That(shown.Body.GetProperty("patients")[0].GetProperty("familyName").GetString(), Is.EqualTo("Muster"));
        Assert.That(await Ward.SnapshotAsync(patient.Id), Is.EqualTo(before), "a plan moves nothing");
        Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/apply")).Slug, Is.EqualTo("repair-not-open"));

        await ward.ChooseAsync(repair);
        Assert.That(Running.App.Received<RepairProposed>().Any(x => x.BookingId == patient.Id), Is.False, "nothing is told before it is applied");
        var applied = await ward.ApplyAsync(repair);
        Assert.That(Ward.StateOf(applied, patient.Id), Is.EqualTo("applied"), applied.Body.ToString());
        var told = await Steps.HeardAsync<RepairProposed>(x => x.BookingId == patient.Id);
        var move = told.Moved.Single();
        Assert.That((move.OldStart, move.NewStart, move.Number), Is.EqualTo((Market.At(4), (DateTimeOffset?)Market.At(4), 3)), "the matched machine at the same hour");
        Assert.That((told.AnswerBy, told.RepairId), Is.EqualTo((told.ProposedAt.AddHours(24), repair)));
        var moved = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == patient.Id);
        Assert.That((moved.Reason, moved.Sessions.Count(x => x.State == "proposed"), moved.Sessions.Single(x => x.Number == 3).Sequence), Is.EqualTo(("repair", 1, 1)));
        Assert.That(await ward.AgreesAsync());

        var seen = await ward.GetAsync($"/bookings/{patient.Id}/repair", told.AccessKey);
        Assert.That((seen.Text("state"), seen.Body.GetProperty("moved").GetArrayLength()), Is.EqualTo(("applied", 1)), "the key of the letter opens it");
        var accepted = await ward.PostAsync($"/bookings/{patient.Id}/repair/accept", key: told.AccessKey);
        Assert.That((accepted.Status, accepted.Text("state")), Is.EqualTo((HttpStatusCode.OK, "accepted")), accepted.Body.ToString());
        Assert.That((await ward.PostAsync($"/bookings/{patient.Id}/repair/decline", new { wish = "call" }, key: told.AccessKey)).Slug, Is.EqualTo("no-repair"));
        Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/undo")).Slug, Is.EqualTo("nothing-to-undo"));
        var confirmed = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == patient.Id && x.Sessions.All(s => s.State == "booked"));
        Assert.That(confirmed.Sequence, Is.GreaterThan(moved.Sequence));
        Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/replan")).Slug, Is.EqualTo("nothing-to-repair"), "planning again changes nothing");
    }

    [Test]
    public async Task Undo_brings_back_exactly_what_was_once_the_machine_runs_again()
    {
        var ward = await Ward.OpenAsync();
        List<Treated> patients = [await ward.CourseAsync(0, 2, "10:00"), await ward.CourseAsync(0, 3, "11:00"), await ward.CourseAsync(0, 2, "12:00", Ward.Daily with { Machine = MachineRule.Same })];
        var before = await SnapshotsAsync(patients);
        var (outage, repair) = await ward.DownAsync(0, 4, 2);
        await ward.ChooseAsync(repair);
        await ward.ApplyAsync(repair);
        Assert.That(await SnapshotsAsync(patients), Is.Not.EqualTo(before));

        var refused = await ward.PostAsync($"/clinic/repairs/{repair}/undo");
        var refusal = Ward.ProgressOf(refused, patients[0].Id).GetProperty("refusal");
        Assert.That((Ward.StateOf(refused, patients[0].Id), refusal.GetProperty("code").GetString()), Is.EqualTo(("applied", "still-down")), refused.Body.ToString());
        Assert.That(refusal.GetProperty("obstacles")[0].GetProperty("reason").GetString(), Is.EqualTo("Magnetron"));
        Assert.That(await ward.AgreesAsync());

        Assert.That((await ward.PostAsync($"/clinic/outages/{outage}/end")).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await ward.PostAsync($"/clinic/outages/{outage}/end")).Slug, Is.EqualTo("outage-over"));
        var undone = await ward.PostAsync($"/clinic/repairs/{repair}/undo");
        Assert.That(patients.Select(x => Ward.StateOf(undone, x.Id)), Is.All.EqualTo("undone"), undone.Body.ToString());
        Assert.That(await SnapshotsAsync(patients), Is.EqualTo(before));
        var back = await Steps.HeardAsync<BookingRescheduled>(x => x.BookingId == patients[0].Id && x.Reason == "repair-undone");
        Assert.That(back.Moved[0].NewStart, Is.EqualTo(Market.At(4)).Or.EqualTo(Market.At(5)));
    }

    [Test]
    public async Task Undo_is_refused_for_time_that_was_sold_meanwhile_and_for_who_has_answered()
    {
        var ward = await Ward.OpenAsync();
        var (first, second, third) = (await ward.CourseAsync(0, 2, "10:00"), await ward.CourseAsync(0, 2, "11:00"), await ward.CourseAsync(0, 2, "12:00"));
        var (outage, repair) = await ward.DownAsync(0, 4);
        await ward.ChooseAsync(repair);
        await ward.ApplyAsync(repair);
        await ward.PostAsync($"/bookings/{first.Id}/repair/accept", key: first.Key);
        await ward.PostAsync($"/clinic/outages/{outage}/end");
        await ward.BookAsync(0, [Market.At(4, "11:00")], null);
        var undone = await ward.PostAsync($"/clinic/repairs/{repair}/undo");
        Assert.That(
            (Ward.StateOf(undone, first.Id), Ward.StateOf(undone, second.Id), Ward.StateOf(undone, third.Id)), Is.EqualTo(("accepted", "applied", "undone")), undone.Body.ToString());
        var refusal = Ward.ProgressOf(undone, second.Id).GetProperty("refusal");
        Assert.That((refusal.GetProperty("code").GetString(), refusal.GetProperty("obstacles")[0].GetProperty("kind").GetString()), Is.EqualTo(("time-taken", "taken")));
        Assert.That(await ward.AgreesAsync());
    }

    [Test]
    public async Task What_is_clinical_waits_for_a_doctor()
    {
        var ward = await Ward.OpenAsync(1);
        var pattern = Ward.Daily with { Machine = MachineRule.Same, MaxProlongationDays = 1, CatchUp = new CatchUp(6, true), MaxGapDays = 0 };
        var patient = await ward.CourseAsync(0, 2, "09:00", pattern);
        var (_, repair) = await ward.DownAsync(0, 3, 2);
        var shown = await ward.GetAsync($"/clinic/repairs/{repair}");
        var makeUp = shown.Body.GetProperty("proposals").EnumerateArray().SingleOrDefault(x => x.GetProperty("key").GetString() == "make-up");
        Assert.That(makeUp.ValueKind, Is.EqualTo(JsonValueKind.Object), shown.Body.ToString());
        Assert.That(makeUp.GetProperty("totals").GetProperty("needClinician").GetInt32(), Is.EqualTo(1));
        await ward.ChooseAsync(repair, "make-up");
        var waiting = await ward.PostAsync($"/clinic/repairs/{repair}/apply");
        Assert.That((waiting.Slug, waiting.Body.GetProperty("bookingIds")[0].GetGuid()), Is.EqualTo(("needs-a-clinician", patient.Id)));
        Assert.That((int)(await ward.PostAsync($"/clinic/repairs/{repair}/approve", new { bookingIds = new[] { patient.Id } })).Status, Is.EqualTo(403), "a scheduler is no doctor");
        Assert.That((int)(await ward.PostAsync($"/clinic/repairs/{repair}/choose", new { proposal = "make-up" }, ward.Doctor)).Status, Is.EqualTo(403));
        var approved = await ward.PostAsync($"/clinic/repairs/{repair}/approve", new { bookingIds = new[] { patient.Id } }, ward.Doctor);
        Assert.That(Ward.ProgressOf(approved, patient.Id).GetProperty("needsClinician").GetBoolean(), Is.False, approved.Body.ToString());
        Assert.That(Ward.StateOf(await ward.ApplyAsync(repair), patient.Id), Is.EqualTo("applied"));
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND extra AND state = 'proposed'", patient.Id), Is.EqualTo(2));
        Assert.That(await ward.AgreesAsync());
    }

    [Test]
    public async Task A_patient_without_a_place_is_told_and_gets_everything_back_or_another_center()
    {
        var ward = await Ward.OpenAsync(1);
        var other = await Market.OpenAsync(["linac"], minutes: 30);
        await Market.ScalarAsync("UPDATE offer_terms SET procedure_id = $2 WHERE offer_id = ANY(ARRAY[$1, $3])", other.OfferId, $"p-{other.CenterId}", ward.Market.OfferId);
        var patient = await ward.CourseAsync(0, 2, "10:00", Ward.Daily with { Machine = MachineRule.Same, MaxGapDays = 2 });
        var (_, repair) = await ward.DownAsync(0, 3, 10);
        var shown = await ward.GetAsync($"/clinic/repairs/{repair}");
        var plan = shown.Body.GetProperty("proposals")[0].GetProperty("patients")[0];
        Assert.That(plan.GetProperty("refusals").EnumerateArray().Select(x => x.GetProperty("rule").GetString()), Does.Contain("gap"), plan.ToString());
        Assert.That(plan.GetProperty("refusals").EnumerateArray().Last().GetProperty("obstacles")[0].GetProperty("reason").GetString(), Is.EqualTo("Magnetron"));
        var options = shown.Body.GetProperty("patients")[0].GetProperty("options").EnumerateArray().ToList();
        Assert.That(options.Select(x => x.GetProperty("kind").GetString()), Is.EqualTo(new[] { "transfer", "refund", "call" }), shown.Body.ToString());
        Assert.That((options[0].GetProperty("centerId").GetString(), options[1].GetProperty("amountMinor").GetInt64()), Is.EqualTo((other.CenterId, Market.Deposit)));

        await ward.ChooseAsync(repair, shown.Body.GetProperty("proposals")[0].GetProperty("key").GetString()!);
        await ward.ApplyAsync(repair);
        var told = await Steps.HeardAsync<RepairImpossible>(x => x.BookingId == patient.Id);
        Assert.That(told.Lost, Has.Length.EqualTo(4));
        await ward.ApplyAsync(repair);
        var quote = await ward.GetAsync($"/bookings/{patient.Id}/cancellation", told.AccessKey);
        Assert.That(quote.Body.GetProperty("refundPercent").GetInt32(), Is.EqualTo(100), "who cannot be treated loses nothing by cancelling");
        var own = (await ward.GetAsync($"/bookings/{patient.Id}/repair", told.AccessKey)).Body;
        Assert.That(own.GetProperty("options").EnumerateArray().Select(x => x.GetProperty("kind").GetString()), Is.EqualTo(new[] { "transfer", "refund", "call" }), own.ToString());
        var less = await ward.PostAsync($"/clinic/repairs/{repair}/patients/{patient.Id}/resolve", new { resolution = "refund", refundMinor = 1 });
        Assert.That(less.Slug, Is.EqualTo("refund-out-of-range"));
        var resolved = await ward.PostAsync($"/clinic/repairs/{repair}/patients/{patient.Id}/resolve", new { resolution = "transfer" });
        Assert.That(Ward.ProgressOf(resolved, patient.Id).GetProperty("resolution").GetString(), Is.EqualTo("transfer"), resolved.Body.ToString());
        Assert.That((await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == patient.Id)).RefundMinor, Is.EqualTo(Market.Deposit));
        Assert.That((await ward.GetAsync($"/bookings/{patient.Id}/repair", told.AccessKey)).Body.GetProperty("options").GetArrayLength(), Is.Zero, "settled");
        Assert.That(Running.App.Received<RepairImpossible>().Count(x => x.BookingId == patient.Id), Is.EqualTo(1), "told once");
    }

    [Test]
    public async Task Declining_keeps_the_new_time_until_a_solution_is_found_and_never_costs_money()
    {
        var ward = await Ward.OpenAsync();
        var (refund, call, silent) = (await ward.CourseAsync(0, 2, "10:00"), await ward.CourseAsync(0, 2, "11:00"), await ward.CourseAsync(0, 2, "12:00"));
        var (_, repair) = await ward.DownAsync(0, 4);
        await ward.ChooseAsync(repair);
        await ward.ApplyAsync(repair);
        Assert.That((await ward.PostAsync($"/bookings/{refund.Id}/repair/decline", new { wish = "money" }, key: refund.Key)).Slug, Is.EqualTo("invalid-fields"));
        Assert.That((await ward.PostAsync($"/bookings/{refund.Id}/repair/decline", new { wish = "refund" }, key: call.Key)).Slug, Is.EqualTo("booking-unknown"));
        var back = await ward.PostAsync($"/bookings/{refund.Id}/repair/decline", new { wish = "refund" }, key: refund.Key);
        Assert.That((back.Text("state"), back.Text("resolution")), Is.EqualTo(("declined", "refund")), back.Body.ToString());
        Assert.That((await Steps.HeardAsync<BookingCancelled>(x => x.BookingId == refund.Id)).RefundMinor, Is.EqualTo(Market.Deposit));

        var declined = await ward.PostAsync($"/bookings/{call.Id}/repair/decline", new { wish = "call" }, key: call.Key);
        Assert.That((declined.Text("state"), declined.Body.GetProperty("options").GetArrayLength()), Is.EqualTo(("declined", 0)), "an answer is not the place to look through other centers");
        Assert.That((await ward.GetAsync($"/bookings/{call.Id}/repair", call.Key)).Body.GetProperty("options").EnumerateArray().Select(x => x.GetProperty("kind").GetString()), Is.SupersetOf(new[] { "refund", "call" }));
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM allocations WHERE booking_id = $1", call.Id), Is.EqualTo(5), "its new time stays its own");
        Assert.That((await ward.GetAsync($"/bookings/{call.Id}/cancellation", call.Key)).Body.GetProperty("refundPercent").GetInt32(), Is.EqualTo(100));
        var kept = await ward.PostAsync($"/clinic/repairs/{repair}/patients/{call.Id}/resolve", new { resolution = "kept" });
        Assert.That((Ward.StateOf(kept, call.Id), Ward.ProgressOf(kept, call.Id).GetProperty("resolution").GetString()), Is.EqualTo(("accepted", "kept")), kept.Body.ToString());

        await Market.ScalarAsync("UPDATE repair_patients SET answer_by = now() - interval '1 second' WHERE booking_id = $1", silent.Id);
        Assert.That((await ward.PostAsync($"/bookings/{silent.Id}/repair/decline", new { wish = "call" }, key: silent.Key)).Slug, Is.EqualTo("answer-too-late"));
        await Ward.WithAsync(x => AnswerRepair.LapseAsync(x.GetRequiredService<BookingDb>(), x.GetRequiredService<IPublishEndpoint>(), CancellationToken.None));
        var shown = await ward.GetAsync($"/clinic/repairs/{repair}");
        Assert.That((Ward.StateOf(shown, silent.Id), Ward.ProgressOf(shown, silent.Id).GetProperty("answeredBy").GetString()), Is.EqualTo(("accepted", "deadline")));
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND state = 'booked'", silent.Id), Is.EqualTo(5));
    }

    [Test]
    public async Task A_machine_whose_status_leaves_open_is_down_until_it_is_open_again()
    {
        var ward = await Ward.OpenAsync(1);
        var patient = await ward.CourseAsync(0, 2, "10:00");
        var before = await Ward.SnapshotAsync(patient.Id);
        var machine = new EquipmentStatusChanged($"{ward.Market.CenterId}-linac", 5, ward.Market.CenterId, "almaty", Market.Zone, "linac", "LINAC", "closed", 1, 30, true, Market.Now);
        await Steps.DeliverAsync(machine);
        var outages = (await ward.GetAsync("/clinic/outages")).Body;
        Assert.That((outages.GetArrayLength(), outages[0].GetProperty("to").ValueKind), Is.EqualTo((1, JsonValueKind.Null)), outages.ToString());
        var repair = outages[0].GetProperty("repairId").GetGuid();
        var shown = await ward.GetAsync($"/clinic/repairs/{repair}");
        Assert.That(shown.Body.GetProperty("proposals")[0].GetProperty("totals").GetProperty("impossible").GetInt32(), Is.EqualTo(1), "there is no other machine");
        Assert.That((await ward.PostAsync($"/clinic/outages/{outages[0].GetProperty("id").GetGuid()}/end")).Slug, Is.EqualTo("outage-over"), "its status closes it");
        await Steps.DeliverAsync(machine with { Version = 6, Status = "commissioning" });
        await Steps.DeliverAsync(machine with { Version = 7, Status = "open" });
        Assert.That((await ward.GetAsync($"/clinic/repairs/{repair}")).Text("state"), Is.EqualTo("withdrawn"));
        Assert.That((await ward.GetAsync("/clinic/outages")).Body[0].GetProperty("endedAt").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(await Ward.SnapshotAsync(patient.Id), Is.EqualTo(before));
    }

    [Test]
    public async Task Unpaid_holds_on_the_machine_end_and_money_on_its_way_goes_back()
    {
        var ward = await Ward.OpenAsync(1);
        var guest = Market.NewGuest();
        var (hold, late) = (await guest.HoldAsync(ward.Market, Market.At(4)), await guest.BookAsync(ward.Market, Market.At(4, "11:00")));
        var other = await guest.HoldAsync(ward.Market, Market.At(6));
        var reply = await ward.TryDownAsync(0, 4);
        Assert.That((reply.Body.GetProperty("holdsReleased").GetInt32(), reply.Body.GetProperty("repairId").ValueKind), Is.EqualTo((2, JsonValueKind.Null)), reply.Body.ToString());
        await Steps.HeardAsync<HoldExpired>(x => x.HoldId == hold.Id);
        await Steps.HeardAsync<HoldExpired>(x => x.BookingId == late.Id);
        await Steps.PayAsync(late);
        await Steps.HeardAsync<DepositUnplaceable>(x => x.BookingId == late.Id);
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM holds WHERE id = $1 AND state = 'held'", other.Id), Is.EqualTo(1));
        Assert.That((await guest.TryHoldAsync(ward.Market, Market.At(4))).Slug, Is.EqualTo("start-not-offered"));
    }

    [Test]
    public async Task A_held_course_that_needs_the_machine_ends_and_its_other_days_help_who_has_paid()
    {
        var ward = await Ward.OpenAsync(1);
        var patient = await ward.CourseAsync(0, 2, "10:00", Ward.Daily with { Machine = MachineRule.Same, MaxGapDays = 0 });
        var (held, kept) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var (hold, time) in ((Guid, string)[])[(held, "11:00"), (kept, "12:00")])
        {
            await Market.ScalarAsync(
                """
                INSERT INTO holds (id, offer_id, center_id, starts_at, ends_at, state, expires_at, fence, resources, access_key_hash)
                VALUES ($1, $2, $3, $4, $5, 'held', now() + interval '3 days', 1, 2, '\x00')
                """,
                hold, ward.Market.OfferId, ward.Market.CenterId, Market.At(hold == held ? 4 : 6, time), Market.At(7, time).AddMinutes(30));
            foreach (var day in (int[])[hold == held ? 4 : 6, 7])
            {
                await Market.ScalarAsync(
                    """
                    WITH s AS (INSERT INTO sessions (id, hold_id, number, phase, starts_at, ends_at, resource_ids, state)
                        VALUES (gen_random_uuid(), $1, (SELECT count(*) + 1 FROM sessions WHERE hold_id = $1), 'fraction', $2, $3, ARRAY[$4], 'held') RETURNING id)
                    INSERT INTO allocations (id, resource_id, starts_at, ends_at, state, expires_at, hold_id, session_id, fence)
                    SELECT gen_random_uuid(), $4, $2, $3, 'held', now() + interval '3 days', $1, id, 1 FROM s
                    """,
                    hold, Market.At(day, time), Market.At(day, time).AddMinutes(30), ward.Machines[0]);
            }
        }

        var (_, repair) = await ward.DownAsync(0, 4);
        await Steps.HeardAsync<HoldExpired>(x => x.HoldId == held);
        Assert.That(
            (await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE hold_id = $1 AND state = 'cancelled'", held), await ward.Market.CountAsync("SELECT count(*) FROM allocations WHERE hold_id = $1", held)),
            Is.EqualTo((2, 0)));
        Assert.That(await ward.Market.CountAsync("SELECT count(*) FROM allocations WHERE hold_id = $1 AND state = 'held'", kept), Is.EqualTo(2), "a held course elsewhere is left alone");
        await ward.ChooseAsync(repair);
        Assert.That(Ward.StateOf(await ward.ApplyAsync(repair), patient.Id), Is.EqualTo("applied"));
        Assert.That(await ward.AgreesAsync());
    }

    [Test]
    public async Task A_session_that_came_onto_the_machine_while_it_went_down_is_found_and_planned_for()
    {
        var ward = await Ward.OpenAsync();
        var (_, none) = await ward.DownAsync(0, 4);
        Assert.That(none, Is.EqualTo(Guid.Empty));
        var late = await ward.BookAsync(0, [Market.At(4)], null);
        async Task<int> LookAsync() => await Ward.WithAsync(x => PlanRepair.ForLeftOversAsync(x.GetRequiredService<BookingDb>(), CancellationToken.None));
        while (await LookAsync() > 0)
        {
        }

        var repairs = (await ward.GetAsync("/clinic/repairs")).Body;
        Assert.That((repairs.GetArrayLength(), repairs[0].GetProperty("patients").GetInt32()), Is.EqualTo((1, 1)), repairs.ToString());
        var repair = repairs[0].GetProperty("id").GetGuid();
        await ward.ChooseAsync(repair);
        Assert.That(Ward.StateOf(await ward.ApplyAsync(repair), late.Id), Is.EqualTo("applied"));
    }

    [Test]
    public async Task Another_center_a_reader_and_a_stranger_see_and_change_nothing()
    {
        var ward = await Ward.OpenAsync();
        var patient = await ward.CourseAsync(0, 2, "10:00");
        var (outage, repair) = await ward.DownAsync(0, 4);
        var other = ward.Token("scheduler", "elsewhere");
        var otherDoctor = ward.Token("doctor", "elsewhere");
        Assert.Multiple(async () =>
        {
            Assert.That((await ward.TryDownAsync(0, 5, token: other)).Slug, Is.EqualTo("resource-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/outages/{outage}/end", token: other)).Slug, Is.EqualTo("outage-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/choose", new { proposal = "usual-hours" }, other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/approve", new { bookingIds = new[] { patient.Id } }, otherDoctor)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/apply", token: other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/undo", token: other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/replan", token: other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/patients/{patient.Id}/resolve", new { resolution = "refund" }, other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((int)(await ward.TryDownAsync(0, 5, token: ward.Token("reader"))).Status, Is.EqualTo(403));
            Assert.That((int)(await ward.Guest.SendAsync(HttpMethod.Get, $"/clinic/repairs/{repair}")).Status, Is.EqualTo(401));
            Assert.That((await ward.Guest.SendAsync(HttpMethod.Get, $"/clinic/repairs/{repair}", token: other)).Slug, Is.EqualTo("repair-unknown"));
            Assert.That((await ward.Guest.SendAsync(HttpMethod.Get, "/clinic/gap-guard", token: other)).Body.GetArrayLength(), Is.Zero);
            Assert.That((await ward.GetAsync($"/bookings/{patient.Id}/repair", "wrong")).Slug, Is.EqualTo("booking-unknown"));
            Assert.That((await ward.PostAsync($"/clinic/repairs/{repair}/choose", new { proposal = "nonsense" })).Slug, Is.EqualTo("invalid-fields"));
            Assert.That((await ward.TryDownAsync(0, -5)).Slug, Is.EqualTo("invalid-fields"));
        });
    }

    private static async Task<List<string>> SnapshotsAsync(IEnumerable<Treated> patients)
    {
        List<string> found = [];
        foreach (var patient in patients)
        {
            found.Add(await Ward.SnapshotAsync(patient.Id));
        }

        return found;
    }
}
