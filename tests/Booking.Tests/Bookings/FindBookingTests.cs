using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.TestKit;

namespace MedTourism.Booking.Tests.Bookings;

public sealed class FindBookingTests
{
    [Test]
    public async Task Reference_birthday_and_the_mailed_code_open_the_booking_once()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var code = await CodeAsync(guest, booking);
        var first = await ConfirmAsync(guest, booking.Reference.ToLowerInvariant(), code);
        Assert.That((first.Status, first.Id("bookingId")), Is.EqualTo((HttpStatusCode.OK, booking.Id)));
        var view = await guest.SendAsync(HttpMethod.Get, $"/bookings/{booking.Id}", key: first.Text("accessKey"));
        Assert.That(view.Text("reference"), Is.EqualTo(booking.Reference));
        Assert.That((await guest.ShowAsync(booking)).Status, Is.EqualTo(HttpStatusCode.OK), "the first key still works");
        Assert.That((await ConfirmAsync(guest, booking.Reference, code)).Slug, Is.EqualTo("code-wrong"), "a code works once");
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM booking_keys WHERE booking_id = $1 AND encode(key_hash, 'escape') LIKE '%' || $2 || '%'", booking.Id, first.Text("accessKey")),
            Is.Zero, "the key itself is not stored");
    }

    [Test]
    public async Task Five_wrong_tries_end_a_code_even_all_at_once()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var code = await CodeAsync(guest, booking);
        var wrong = code == "000000" ? "000001" : "000000";
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConfirmAsync(guest, booking.Reference, wrong)));
        Assert.That(await market.CountAsync("SELECT tries::bigint FROM booking_codes WHERE booking_id = $1", booking.Id), Is.EqualTo(5));
        Assert.That((await ConfirmAsync(guest, booking.Reference, code)).Slug, Is.EqualTo("code-wrong"));
    }

    [Test]
    public async Task An_expired_code_is_wrong()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var code = await CodeAsync(guest, booking);
        await Market.ScalarAsync("UPDATE booking_codes SET expires_at = now() - interval '1 second' WHERE booking_id = $1", booking.Id);
        Assert.That((await ConfirmAsync(guest, booking.Reference, code)).Slug, Is.EqualTo("code-wrong"));
    }

    [Test]
    public async Task The_right_code_sent_by_many_at_once_gives_one_key()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        var code = await CodeAsync(guest, booking);
        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ConfirmAsync(guest, booking.Reference, code)));
        Assert.That(replies.Count(reply => reply.Status == HttpStatusCode.OK), Is.EqualTo(1));
    }

    [Test]
    public async Task The_answer_is_the_same_whether_a_booking_matches_or_not_and_only_a_match_is_mailed()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        foreach (var body in new object[]
        {
            new { reference = booking.Reference, dateOfBirth = "1980-05-07" },
            new { reference = "KZ-ZZZZ-ZZ", dateOfBirth = "1980-05-06" },
            new { reference = "nonsense'; DROP TABLE bookings --", dateOfBirth = "1980-05-06" },
            new { reference = (string?)null, dateOfBirth = (string?)null },
        })
        {
            var reply = await guest.SendAsync(HttpMethod.Post, "/bookings/find", body);
            Assert.That((reply.Status, reply.Body.ValueKind), Is.EqualTo((HttpStatusCode.Accepted, System.Text.Json.JsonValueKind.Undefined)));
        }

        await Eventually.That(async () => await market.CountAsync("SELECT count(*) FROM booking_code_requests") == 0, "Requests were not worked off.");
        Assert.That(await market.CountAsync("SELECT count(*) FROM booking_codes WHERE booking_id = $1", booking.Id), Is.Zero);
        await CodeAsync(guest, booking);
        Assert.That((await ConfirmAsync(guest, "KZ-ZZZZ-ZZ", "123456")).Slug, Is.EqualTo("code-wrong"));
        Assert.That((await ConfirmAsync(guest, null, null)).Slug, Is.EqualTo("code-wrong"));
    }

    [Test]
    public async Task Nobody_can_flood_a_patients_mailbox()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(5));
        for (var i = 0; i < 12; i++)
        {
            await guest.SendAsync(HttpMethod.Post, "/bookings/find", new { reference = booking.Reference, dateOfBirth = "1980-05-06" });
        }

        await Eventually.That(async () => await market.CountAsync("SELECT count(*) FROM booking_code_requests") == 0, "Requests were not worked off.");
        Assert.That(await market.CountAsync("SELECT count(*) FROM booking_codes WHERE booking_id = $1", booking.Id), Is.EqualTo(5));
    }

    private static async Task<string> CodeAsync(Guest guest, Placed booking)
    {
        var reply = await guest.SendAsync(HttpMethod.Post, "/bookings/find", new { reference = booking.Reference, dateOfBirth = "1980-05-06" });
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Accepted));
        var code = (await Steps.HeardAsync<BookingCodeRequested>(x => x.BookingId == booking.Id)).Code;
        Assert.That(code, Does.Match("^[0-9]{6}$"));
        return code;
    }

    private static Task<Reply> ConfirmAsync(Guest guest, string? reference, string? code) =>
        guest.SendAsync(HttpMethod.Post, "/bookings/find/confirm", new { reference, code });
}
