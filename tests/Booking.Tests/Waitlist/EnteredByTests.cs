using System.Text.Json;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Waitlist;

public sealed class EnteredByTests
{
    [Test]
    public async Task Whoever_takes_the_time_a_waiting_patients_agency_is_told_with_the_booking_and_to_the_patient_before()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, agency) = (Market.NewGuest(), Guid.NewGuid());
        var token = Running.App.Tokens.For(sub: $"agent-{Guid.NewGuid():N}", org: agency, orgKind: "agency", roles: ["agent"]);
        var holds = new[] { await guest.HoldAsync(market, Waiting.Day(5)), await guest.HoldAsync(market, Waiting.Day(6)) };
        var byLetter = await guest.JoinAsync(market, Waiting.Day(5), token: token);
        var byAgency = await guest.JoinAsync(market, Waiting.Day(6), token: token);
        await guest.ReleaseAsync(holds[0]);
        await guest.ReleaseAsync(holds[1]);

        // The patient, from the letter, in a browser of their own; what that browser says of a link is passed on beside it.
        var offer = (await byLetter.OfferAsync())!;
        var letter = await Waiting.LetterAsync(byLetter, offer.HoldId);
        var patient = Market.NewGuest();
        var shown = (await patient.SendAsync(HttpMethod.Get, $"/holds/{offer.HoldId}", key: letter.AccessKey)).Body.GetProperty("agency");
        Assert.That(shown.GetProperty("agencyId").GetGuid(), Is.EqualTo(agency));
        var placed = await patient.SendAsync(
            HttpMethod.Post, "/bookings", new { holdId = offer.HoldId, patient = Guest.Patient, contact = Guest.Contact, referralCode = "ABC23456" }, letter.AccessKey);
        var told = await Steps.HeardAsync<BookingPlaced>(x => x.BookingId == placed.Id("bookingId"));
        Assert.That((told.AgencyId, told.AgencySince, told.ReferralCode), Is.EqualTo(((Guid?)agency, (DateTimeOffset?)shown.GetProperty("since").GetDateTimeOffset().ToUniversalTime(), "ABC23456")));
        Assert.That(told.AgencySince, Is.EqualTo((await byLetter.ShowAsync()).Time("joinedAt").ToUniversalTime()));

        // The agency, in the patient's stead.
        var claimed = await guest.SendAsync(HttpMethod.Post, $"/waitlist/{byAgency.Id}/claim", token: token);
        Assert.That(claimed.Body.GetProperty("agency").GetProperty("agencyId").GetGuid(), Is.EqualTo(agency));
        var booking = await guest.PlaceAsync(new Held(claimed.Id("holdId"), claimed.Text("accessKey"), claimed.Time("expiresAt")));
        Assert.That((await Steps.HeardAsync<BookingPlaced>(x => x.BookingId == booking.Id)).AgencyId, Is.EqualTo(agency));
    }

    [Test]
    public async Task Time_that_no_agency_waited_for_names_none()
    {
        var market = await Waiting.OneStartADayAsync();
        var (guest, start) = (Market.NewGuest(), Waiting.Day(5));
        var hold = await guest.HoldAsync(market, start);
        var ordinary = await guest.SendAsync(HttpMethod.Get, $"/holds/{hold.Id}", key: hold.Key);
        Assert.That(ordinary.Body.GetProperty("agency").ValueKind, Is.EqualTo(JsonValueKind.Null));

        // An agency waits for it and lets it pass: the next one's booking is not its.
        var agency = Running.App.Tokens.For(sub: "agent", org: Guid.NewGuid(), orgKind: "agency", roles: ["agent"]);
        var first = await guest.JoinAsync(market, start, token: agency);
        var second = await Waiting.JoinAsync(market, start);
        await guest.ReleaseAsync(hold);
        Assert.That((await guest.SendAsync(HttpMethod.Post, $"/waitlist/{first.Id}/decline", token: agency)).Text("state"), Is.EqualTo("waiting"));
        var offer = (await second.OfferAsync())!;
        var booking = await guest.PlaceAsync(new Held(offer.HoldId, second.Key, offer.ExpiresAt));
        var told = await Steps.HeardAsync<BookingPlaced>(x => x.BookingId == booking.Id);
        Assert.That((told.AgencyId, told.AgencySince), Is.EqualTo(((Guid?)null, (DateTimeOffset?)null)));
    }
}
