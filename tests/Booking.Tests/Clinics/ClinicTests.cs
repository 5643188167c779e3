using System.Globalization;
using System.Net;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Clinics;

public sealed class ClinicTests
{
    [Test]
    public async Task The_day_shows_hours_and_everything_that_takes_time()
    {
        var market = await Market.OpenAsync(lanes: 2);
        var (guest, token) = (Market.NewGuest(), Token(market.CenterId));
        var booking = await guest.BookAsync(market, Market.At(5, "09:00"));
        await Steps.PayAsync(booking);
        await guest.HoldAsync(market, Market.At(5, "11:00"));
        var resource = (await ResourcesAsync(guest, token))[0];
        var block = await guest.SendAsync(
            HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = Market.At(5, "14:00"), end = Market.At(5, "15:00"), reason = "Quality assurance" }, token: token);
        Assert.That(block.Status, Is.EqualTo(HttpStatusCode.Created), block.Body.ToString());

        var day = await guest.SendAsync(HttpMethod.Get, $"/clinic/day?date={Date(5)}", token: token);
        var taken = day.Body.GetProperty("resources").EnumerateArray().SelectMany(x => x.GetProperty("allocations").EnumerateArray()).ToList();
        Assert.That(taken.Select(x => x.GetProperty("state").GetString()), Is.EquivalentTo(new[] { "booked", "held", "blocked" }));
        Assert.That(taken.Single(x => x.GetProperty("state").GetString() == "booked").GetProperty("reference").GetString(), Is.EqualTo(booking.Reference));
        var open = day.Body.GetProperty("resources")[0].GetProperty("open")[0];
        Assert.That((open.GetProperty("start").GetDateTimeOffset(), open.GetProperty("end").GetDateTimeOffset()), Is.EqualTo((Market.At(5, "08:00"), Market.At(5, "18:00"))));

        var today = await guest.SendAsync(HttpMethod.Get, $"/clinic/today?date={Date(5)}", token: token);
        var appointment = today.Body.GetProperty("appointments").EnumerateArray().Single();
        Assert.That(appointment.GetProperty("familyName").GetString(), Is.EqualTo("Muster"));
        var shown = await guest.SendAsync(HttpMethod.Get, $"/clinic/bookings/{booking.Id}", token: token);
        Assert.That(shown.Body.GetProperty("events").EnumerateArray().Select(x => x.GetProperty("kind").GetString()), Is.EqualTo(new[] { "placed", "confirmed", "viewed" }));
    }

    [Test]
    public async Task A_block_takes_free_time_only_and_gives_it_back()
    {
        var market = await Market.OpenAsync();
        var (guest, token, start) = (Market.NewGuest(), Token(market.CenterId), Market.At(5));
        var hold = await guest.HoldAsync(market, start);
        var resource = (await ResourcesAsync(guest, token))[0];
        Task<Reply> BlockAsync() => guest.SendAsync(
            HttpMethod.Post, "/clinic/blocks", new { resourceId = resource, start = start.AddMinutes(-30), end = start.AddMinutes(30), reason = "Service" }, token: token);
        Assert.That((await BlockAsync()).Slug, Is.EqualTo("time-occupied"));
        await Market.LapseAsync(hold.Id);
        var block = await BlockAsync();
        Assert.That(block.Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await BlockAsync()).Slug, Is.EqualTo("time-occupied"));
        Assert.That(await market.FreeAsync(start), Does.Not.Contain(start).And.Not.Contain(start.AddMinutes(-60)).And.Contain(start.AddMinutes(30)));
        await Steps.HeardAsync<AvailabilityChanged>(x => x.ResourceId == resource);
        var other = Token("elsewhere");
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/blocks/{block.Id("id")}", token: other)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await guest.SendAsync(HttpMethod.Delete, $"/clinic/blocks/{block.Id("id")}", token: token)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await market.FreeAsync(start), Does.Contain(start));
    }

    [Test]
    public async Task Another_center_a_patient_a_reader_and_a_stranger_change_nothing()
    {
        var market = await Market.OpenAsync();
        var guest = Market.NewGuest();
        var booking = await guest.BookAsync(market, Market.At(6));
        var resource = (await ResourcesAsync(guest, Token(market.CenterId)))[0];
        var body = new { resourceId = resource, start = Market.At(5), end = Market.At(5, "11:00"), reason = "x" };
        var hours = new { hours = Array.Empty<object>() };
        var other = Token("elsewhere");
        var reader = Running.App.Tokens.For(sub: "r", org: Guid.NewGuid(), orgKind: "clinic", orgRef: market.CenterId, roles: ["reader"]);
        var patient = Running.App.Tokens.For(sub: "p");
        Assert.Multiple(async () =>
        {
            Assert.That((await guest.SendAsync(HttpMethod.Post, "/clinic/blocks", body, token: other)).Slug, Is.EqualTo("resource-unknown"));
            Assert.That((await guest.SendAsync(HttpMethod.Put, $"/clinic/resources/{resource}/hours", hours, token: other)).Slug, Is.EqualTo("resource-unknown"));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, $"/clinic/bookings/{booking.Id}", token: other)).Status, Is.EqualTo(404));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Post, "/clinic/blocks", body, token: reader)).Status, Is.EqualTo(403));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, "/clinic/day", token: patient)).Status, Is.EqualTo(403));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, "/clinic/day")).Status, Is.EqualTo(401));
            Assert.That((int)(await guest.SendAsync(HttpMethod.Get, $"/operator/bookings/{booking.Reference}", token: other)).Status, Is.EqualTo(403));
        });
        Assert.That(await market.CountAsync("SELECT count(*) FROM weekly_hours WHERE resource_id = $1", resource), Is.EqualTo(5));
        var staff = Running.App.Tokens.For(sub: "o", org: Guid.NewGuid(), orgKind: "operator", roles: ["admin"]);
        var found = await guest.SendAsync(HttpMethod.Get, $"/operator/bookings/{booking.Reference.ToLowerInvariant()}", token: staff);
        Assert.That(found.Body.GetProperty("booking").GetProperty("id").GetGuid(), Is.EqualTo(booking.Id));
    }

    [Test]
    public async Task A_center_keeps_its_own_rooms_and_hours()
    {
        var market = await Market.OpenAsync();
        var (guest, token) = (Market.NewGuest(), Token(market.CenterId));
        var made = await guest.SendAsync(HttpMethod.Post, "/clinic/resources", new { kind = "consulting-room", name = "Room 1", slotMinutes = 20 }, token: token);
        Assert.That((made.Status, made.Text("timeZone"), made.Body.GetProperty("hours").GetArrayLength()), Is.EqualTo((HttpStatusCode.Created, Market.Zone, 5)), made.Body.ToString());
        Assert.That((await guest.SendAsync(HttpMethod.Post, "/clinic/resources", new { kind = "", name = "", slotMinutes = 0 }, token: token)).Slug, Is.EqualTo("invalid-fields"));

        var mri = (await ResourcesAsync(guest, token))[1];
        var day = Market.At(5);
        var weekday = (int)day.DayOfWeek;
        var set = await guest.SendAsync(
            HttpMethod.Put, $"/clinic/resources/{mri}/hours",
            new { hours = new object[] { new { weekday, from = "12:00:00", to = "14:30:00" }, new { weekday = weekday % 7 + 1, from = "22:00:00", to = "02:00:00" } } }, token: token);
        Assert.That(set.Status, Is.EqualTo(HttpStatusCode.OK), set.Body.ToString());
        Assert.That(await market.FreeAsync(day), Is.EqualTo(new[] { Market.At(5, "12:00"), Market.At(5, "12:30"), Market.At(5, "13:00"), Market.At(5, "13:30") }));
        var night = Market.At(5, "22:00").AddDays(1);
        Assert.That(await market.FreeAsync(night), Does.Contain(night.AddMinutes(90)), "23:30 to 00:30 over midnight");
    }

    [Test]
    public async Task Staff_find_a_booking_of_any_day_by_name_or_reference_and_never_another_centers()
    {
        var (market, other) = (await Market.OpenAsync(), await Market.OpenAsync());
        var guest = Market.NewGuest();
        var late = await guest.BookAsync(market, Market.At(40));
        await guest.BookAsync(other, Market.At(3));
        var one = await guest.TryPlaceAsync(
            await guest.HoldAsync(market, Market.At(4)), patient: new { familyName = "Suharto_50%", givenNames = "", dateOfBirth = "1960-01-02", citizenship = "ID", forSelf = true });
        Assert.That(one.Status, Is.EqualTo(HttpStatusCode.Created), one.Body.ToString());
        async Task<Guid[]> FindAsync(string q) =>
            [.. (await guest.SendAsync(HttpMethod.Get, $"/clinic/bookings?q={Uri.EscapeDataString(q)}", token: Token(market.CenterId)))
                .Body.GetProperty("appointments").EnumerateArray().Select(x => x.GetProperty("bookingId").GetGuid())];
        Assert.Multiple(async () =>
        {
            Assert.That(await FindAsync("muster erika"), Is.EqualTo(new[] { late.Id }));
            Assert.That(await FindAsync(late.Reference.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant()), Is.EqualTo(new[] { late.Id }));
            Assert.That(await FindAsync("o_50%"), Is.EqualTo(new[] { one.Id("bookingId") }), "a wildcard means itself");
            Assert.That(await FindAsync("%%"), Is.Empty);
            Assert.That((await guest.SendAsync(HttpMethod.Get, "/clinic/bookings?q=x", token: Token(market.CenterId))).Slug, Is.EqualTo("invalid-fields"));
        });
    }

    private static string Token(string center) =>
        Running.App.Tokens.For(sub: $"scheduler-{center}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: center, roles: ["scheduler"]);

    private static async Task<List<Guid>> ResourcesAsync(Guest guest, string token) =>
        [.. (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: token)).Body.EnumerateArray().Select(x => x.GetProperty("id").GetGuid())];

    private static string Date(int days) =>
        TimeZoneInfo.ConvertTime(Market.At(days), TimeZoneInfo.FindSystemTimeZoneById(Market.Zone)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
