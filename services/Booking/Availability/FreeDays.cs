using System.Globalization;
using System.Text.Json;

namespace MedTourism.Booking.Availability;

/// <summary>
/// The answer with some hundreds of starts, written straight to the response: <c>offerId</c>, <c>timeZone</c>, <c>from</c>, <c>days</c> (each
/// <c>date</c> and <c>starts</c>, each <c>start</c>, <c>end</c> and <c>localTime</c> as HH:mm) and <c>nextDate</c>, the first later day with a free start or null.
/// </summary>
internal sealed record FreeDays(Guid Offer, string TimeZone, DateOnly First, DateOnly Last, List<Interval> Starts, DateOnly? NextDate) : IResult
{
    private const int StartAt = 10;
    private const int EndAt = 44;
    private const int LocalTimeAt = 84;

    /// <summary>A start as the serializer writes it; only its digits differ from one to the next.</summary>
    private static ReadOnlySpan<byte> Shape =>
        "{\"start\":\"0000-00-00T00:00:00+00:00\",\"end\":\"0000-00-00T00:00:00+00:00\",\"localTime\":\"00:00\"}"u8;

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
        Span<byte> text = stackalloc byte[Shape.Length];
        Shape.CopyTo(text);
        time.Start.UtcDateTime.TryFormat(text[StartAt..], out _, "s", CultureInfo.InvariantCulture);
        time.End.UtcDateTime.TryFormat(text[EndAt..], out _, "s", CultureInfo.InvariantCulture);
        WriteDigits(text[LocalTimeAt..], local.Hour);
        WriteDigits(text[(LocalTimeAt + 3)..], local.Minute);
        json.WriteRawValue(text, skipInputValidation: true);
    }

    private static void WriteDigits(Span<byte> text, int number) => (text[0], text[1]) = ((byte)('0' + (number / 10)), (byte)('0' + (number % 10)));

    private static void WriteDate(Utf8JsonWriter json, string name, DateOnly date) =>
        json.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
