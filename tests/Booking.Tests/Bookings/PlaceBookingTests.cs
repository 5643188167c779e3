using System.Net;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Bookings;

public sealed class PlaceBookingTests
{
    private static readonly string[] Blocking = ["pacemaker"];

    [Test]
    public async Task A_booking_waits_for_its_deposit_and_tells_payment_referral_and_notifications_what_they_need()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var touched = Market.Now.AddDays(-1);
        var reply = await guest.SendAsync(
            HttpMethod.Post, "/bookings",
            new { holdId = hold.Id, patient = Guest.Patient, contact = Guest.Contact, referralCode = "ABC23456", referralTouchedAt = touched }, hold.Key);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        var id = reply.Id("bookingId");
        Assert.That(reply.Text("reference"), Does.Match("^KZ-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}$"));
        Assert.That(reply.Text("state"), Is.EqualTo("awaiting_deposit"));

        var placed = await Steps.HeardAsync<BookingPlaced>(x => x.BookingId == id);
        var deposit = await Steps.HeardAsync<DepositRequested>(x => x.BookingId == id);
        var contact = await Steps.HeardAsync<PatientContactGiven>(x => x.BookingId == id);
        Assert.Multiple(() =>
        {
            Assert.That((placed.ReferralCode, placed.ServiceLine, placed.PriceMinor, placed.PatientSubject), Is.EqualTo(("ABC23456", "diagnostics", 10 * Market.Deposit, (string?)null)));
            Assert.That(placed.ReferralTouchedAt, Is.EqualTo(touched).Within(TimeSpan.FromMilliseconds(1)));
            Assert.That((deposit.AmountMinor, deposit.Currency, deposit.Fence, deposit.DueBy), Is.EqualTo((Market.Deposit, "KZT", 1, hold.ExpiresAt)));
            Assert.That((contact.Email, contact.FamilyName, contact.NeutralTitle, contact.PatientTimeZone, contact.Culture), Is.EqualTo(("erika@example.org", "Muster", true, "Europe/Berlin", "en")));
        });

        var view = (await guest.SendAsync(HttpMethod.Get, $"/bookings/{id}", key: hold.Key)).Body;
        Assert.That(view.GetProperty("patient").GetProperty("dateOfBirth").GetString(), Is.EqualTo("1980-05-06"));
        Assert.That(view.GetProperty("procedureNames").GetProperty("ru").GetString(), Is.EqualTo("МРТ головы"));
        Assert.That(
            view.GetProperty("cancellation").EnumerateArray().Select(x => (x.GetProperty("refundPercent").GetInt32(), x.GetProperty("refundMinor").GetInt64())),
            Is.EqualTo(new[] { (100, Market.Deposit), (50, Market.Deposit / 2) }));
    }

    [Test]
    public async Task One_hold_makes_one_booking_however_many_ask_at_once()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => guest.TryPlaceAsync(hold)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(replies.Count(reply => (int)reply.Status is 409 or 410), Is.EqualTo(9));
        Assert.That(await market.CountAsync("SELECT count(*) FROM bookings WHERE center_id = $1", market.CenterId), Is.EqualTo(1));
        Assert.That((await guest.TryPlaceAsync(hold)).Slug, Is.EqualTo("already-placed"));
    }

    [Test]
    public async Task An_expired_hold_a_strangers_hold_and_a_wrong_key_make_no_booking()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var other = await guest.HoldAsync(market, Market.At(6));
        Assert.That((await guest.TryPlaceAsync(hold, key: other.Key)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        await Market.LapseAsync(hold.Id);
        Assert.That((await guest.TryPlaceAsync(hold)).Slug, Is.EqualTo("hold-expired"));
        Assert.That(await market.CountAsync("SELECT count(*) FROM bookings WHERE center_id = $1", market.CenterId), Is.Zero);
    }

    [Test]
    public async Task A_yes_to_a_blocking_question_needs_a_call_and_silence_is_no_answer()
    {
        var market = await Market.OpenAsync(blocking: Blocking);
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        Assert.That((await guest.TryPlaceAsync(hold, [new { questionId = "pacemaker", value = "yes" }])).Slug, Is.EqualTo("needs-a-call"));
        var silent = await guest.TryPlaceAsync(hold);
        Assert.That(silent.Slug, Is.EqualTo("invalid-fields"));
        Assert.That(silent.Body.GetProperty("errors").TryGetProperty("answers.pacemaker", out _), Is.True);
        var good = await guest.TryPlaceAsync(hold, [new { questionId = "pacemaker", value = "no" }, new { questionId = "allergy", value = "yes" }]);
        Assert.That(good.Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Wrong_fields_are_named_and_the_hold_stays_usable()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var hold = await guest.HoldAsync(market, Market.At(5));
        var reply = await guest.TryPlaceAsync(
            hold,
            [new { questionId = "a", value = "maybe" }],
            new { familyName = " ", givenNames = new string('x', 101), dateOfBirth = "2190-01-01", citizenship = "Germany" },
            new { email = "not-an-address", phone = "call me", timeZone = "Mars/Olympus" });
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(reply.Body.GetProperty("errors").EnumerateObject().Select(x => x.Name), Is.EquivalentTo(new[]
        {
            "patient.familyName", "patient.givenNames", "patient.dateOfBirth", "patient.citizenship", "contact.email", "contact.phone", "contact.timeZone", "answers",
        }));
        await guest.PlaceAsync(hold);
    }

    [Test]
    public async Task A_stranger_does_not_see_a_booking_but_its_patients_account_and_its_center_do()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var token = Running.App.Tokens.For(sub: $"patient-{market.CenterId}");
        var held = await guest.SendAsync(HttpMethod.Post, "/holds", new { offerId = market.OfferId, start = Market.At(5) }, token: token);
        var hold = new Held(held.Id("holdId"), held.Text("accessKey"), held.Time("expiresAt"));
        var reply = await guest.SendAsync(HttpMethod.Post, "/bookings", new { holdId = hold.Id, patient = Guest.Patient, contact = Guest.Contact }, hold.Key, token: token);
        var path = $"/bookings/{reply.Id("bookingId")}";
        var ownCenter = Running.App.Tokens.For(sub: "nurse", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: ["reader"]);
        var otherCenter = Running.App.Tokens.For(sub: "nurse2", org: Guid.NewGuid(), orgKind: "clinic", orgRef: "other", roles: ["admin"]);
        var stranger = Running.App.Tokens.For(sub: "stranger");

        Assert.Multiple(async () =>
        {
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path)).Status, Is.EqualTo(404));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path, key: "wrong")).Status, Is.EqualTo(404));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path, token: stranger)).Status, Is.EqualTo(404));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path, token: otherCenter)).Status, Is.EqualTo(404));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path, token: token)).Status, Is.EqualTo(200));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, path, token: ownCenter)).Status, Is.EqualTo(200));
            Assert.That((await guest.SendAsync(HttpMethod.Get, "/bookings/mine", token: token)).Body.GetArrayLength(), Is.EqualTo(1));
            Assert.That((await guest.SendAsync(HttpMethod.Get, "/bookings/mine", token: stranger)).Body.GetArrayLength(), Is.Zero);
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, "/bookings/mine")).Status, Is.EqualTo(401));
        });
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM booking_events WHERE booking_id = $1 AND kind = 'viewed' AND actor = 'clinic:nurse'", reply.Id("bookingId")),
            Is.EqualTo(1), "a center's reading is noted");
    }

    [Test]
    public async Task An_offer_without_a_deposit_is_confirmed_at_once()
    {
        var market = await Market.OpenAsync(deposit: 0);
        var booking = await Market.NewGuest().BookAsync(market, Market.At(5));
        Assert.That(await Market.NewGuest().StateAsync(booking), Is.EqualTo("confirmed"));
        await Steps.HeardAsync<BookingConfirmed>(x => x.BookingId == booking.Id);
        Assert.That(Running.App.Received<DepositRequested>().Any(x => x.BookingId == booking.Id), Is.False);
    }

    [Test]
    public async Task Opening_the_payment_page_lengthens_the_hold_and_ends_with_it()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var path = $"/bookings/{booking.Id}/checkout";
        var reply = await guest.SendAsync(HttpMethod.Post, path, key: booking.Hold.Key);
        Assert.That(reply.Time("holdExpiresAt") - Market.Now, Is.EqualTo(TimeSpan.FromMinutes(36)).Within(TimeSpan.FromSeconds(30)));
        Assert.That((int)(await guest.SendAsync(HttpMethod.Post, path, key: "wrong")).Status, Is.EqualTo(404));
        for (var i = 1; i < 10; i++)
        {
            Assert.That((int)(await guest.SendAsync(HttpMethod.Post, path, key: booking.Hold.Key)).Status, Is.EqualTo(200));
        }

        Assert.That((await guest.SendAsync(HttpMethod.Post, path, key: booking.Hold.Key)).Slug, Is.EqualTo("too-many-checkouts"));
        await Market.LapseAsync(booking.Hold.Id);
        Assert.That((await guest.SendAsync(HttpMethod.Post, path, key: booking.Hold.Key)).Slug, Is.EqualTo("hold-expired"));
        Assert.That(await guest.StateAsync(booking), Is.EqualTo("expired"), "before any sweep");
    }

    [Test]
    public void A_thousand_references_are_different_and_readable()
    {
        var references = Enumerable.Range(0, 1000).Select(_ => Booking.Bookings.Reference.New()).ToList();
        Assert.That(references.Distinct().Count(), Is.GreaterThan(990));
        Assert.That(references, Is.All.Match("^KZ-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{2}$"));
        Assert.That(new[] { "kz-4f7q-92", " KZ 4F7Q 92 ", "4f7q92" }.Select(Booking.Bookings.Reference.Normalise), Is.All.EqualTo("KZ-4F7Q-92"));
    }
}
