using System.Globalization;
using System.Text.Json;
using MedTourism.Booking.Availability;
using Microsoft.AspNetCore.Http;

namespace MedTourism.Booking.Tests.Availability;

public sealed class FreeDaysTests
{
    private sealed record Response(Guid OfferId, string TimeZone, DateOnly From, List<Day> Days, DateOnly? NextDate);

    private sealed record Day(DateOnly Date, List<Start> Starts);

    private sealed record Start(DateTimeOffset Start_, DateTimeOffset End, string LocalTime);

    [TestCase("Asia/Almaty", "2027-03-10", 3, 30, true)]
    [TestCase("Asia/Almaty", "2027-03-10", 2, 2000, false)]
    [TestCase("Europe/Berlin", "2027-03-27", 4, 30, true)]
    [TestCase("Europe/Berlin", "2027-10-30", 4, 30, false)]
    [TestCase("Australia/Lord_Howe", "2027-04-03", 3, 7, true)]
    public async Task It_reads_as_the_serializer_would_have_written_it(string zoneId, string first, int days, int step, bool later)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var (from, offer) = (DateOnly.Parse(first, CultureInfo.InvariantCulture), Guid.NewGuid());
        var starts = new List<Interval>();
        for (var start = LocalTime.Opening(from, TimeOnly.MinValue, zone); start < LocalTime.Opening(from.AddDays(days), TimeOnly.MinValue, zone); start = start.AddMinutes(step))
        {
            starts.Add(new Interval(start, start.AddMinutes(45)));
        }

        DateOnly? next = later ? from.AddDays(days + 1) : null;
        var expected = new Response(
            offer, zoneId, from,
            [.. Enumerable.Range(0, days).Select(n => new Day(from.AddDays(n), [.. starts
                .Select(x => (x, Local: TimeZoneInfo.ConvertTime(x.Start, zone).DateTime))
                .Where(x => DateOnly.FromDateTime(x.Local) == from.AddDays(n))
                .Select(x => new Start(x.x.Start, x.x.End, x.Local.ToString("HH:mm", CultureInfo.InvariantCulture)))]))],
            next);

        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        await new FreeDays(offer, zoneId, from, from.AddDays(days), starts, next).ExecuteAsync(http);
        await http.Response.BodyWriter.FlushAsync();
        Assert.That(
            System.Text.Encoding.UTF8.GetString(body.ToArray()),
            Is.EqualTo(JsonSerializer.Serialize(expected, JsonSerializerOptions.Web).Replace("start_", "start", StringComparison.Ordinal)));
        Assert.That(starts, Is.Not.Empty);
    }
}
