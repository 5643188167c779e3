using System.Globalization;
using System.Text.Json;

namespace MedTourism.Booking.Availability;

/// <summary>
/// The answer with some hundreds of starts, written straight to the response: <c>offerId</c>, <c>timeZone</c>, <c>from</c>, <c>days</c> (each
/// <c>date</c> and <c>starts</c>, each <c>start</c>, <c>end</c> and <c>localTime</c> as HH:mm) and <c>nextDate</c>, the first later day with a free start or null.
/// </summary>
internal sealed record FreeDays(Guid Offer, string TimeZone, DateOnly First, DateOnly Last, List<Interval> Starts, DateOnly? NextDate) : IResult
{
    private static readonly JsonEncodedText StartName = JsonEncodedText.Encode("start");
    private static readonly JsonEncodedText EndName = JsonEncodedText.Encode("end");
    private static readonly JsonEncodedText LocalTimeName = JsonEncodedText.Encode("localTime");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        Write(json);
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter json)
    {
        var clock = new LocalClock(TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
        json.WriteStartObject();
        json.WriteString("offerId", Offer);
        json.WriteString("timeZone", TimeZone);
        WriteDate(json, "from", First);
        json.WriteStartArray("days");
        var next = 0;
        for (var day = First; day < Last; day = day.AddDays(1))
        {
            json.WriteStartObject();
            WriteDate(json, "date", day);
            json.WriteStartArray("starts");
            for (; next < Starts.Count && clock.At(Starts[next].Start) is var local && DateOnly.FromDateTime(local) <= day; next++)
            {
                WriteStart(json, Starts[next], local);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (NextDate is { } date)
        {
            WriteDate(json, "nextDate", date);
        }
        else
        {
            json.WriteNull("nextDate");
        }

        json.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter json, Interval time, DateTime local)
    {
        Span<char> clock = [(char)('0' + (local.Hour / 10)), (char)('0' + (local.Hour % 10)), ':', (char)('0' + (local.Minute / 10)), (char)('0' + (local.Minute % 10))];
        json.WriteStartObject();
        json.WriteString(StartName, time.Start);
        json.WriteString(EndName, time.End);
        json.WriteString(LocalTimeName, clock);
        json.WriteEndObject();
    }

    private static void WriteDate(Utf8JsonWriter json, string name, DateOnly date) =>
        json.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
