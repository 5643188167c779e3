using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedTourism.Web.Tests;

/// <summary>
/// Answers as the services' HTTP contract says, so that pages can be rendered alone. What really happens across services is tested by the journeys.
/// </summary>
public sealed class Services : IAsyncDisposable
{
    public static readonly Guid Instant = new("0f000000-0000-7000-8000-000000000001");
    public static readonly Guid Review = new("0f000000-0000-7000-8000-000000000002");
    public static readonly Guid Hold = new("0a000000-0000-7000-8000-000000000001");
    public static readonly Guid Booking = new("0b000000-0000-7000-8000-000000000001");

    private readonly WebApplication app;
    private readonly DateTimeOffset start = DateTimeOffset.Parse("2027-03-02T05:00:00+00:00", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What was sent to the services, in order: "POST /bookings" with its body.</summary>
    public List<(string Request, string Body, Dictionary<string, string> Headers)> Received { get; } = [];

    /// <summary>The queries of what was asked, in order.</summary>
    public List<string> Queries { get; } = [];

    /// <summary>Further answers by request, as the test says; a pair of a status and a problem's slug refuses.</summary>
    public Dictionary<string, Func<string, object>> Also { get; } = [];

    public string CenterName { get; set; } = "UMC Diagnostic Center";

    public bool TimeTaken { get; set; }

    /// <summary>The reasons with which a start is refused.</summary>
    public object[]? NotOffered { get; set; }

    /// <summary>The booking is a course of three sessions, and can be moved.</summary>
    public bool Course { get; set; }

    /// <summary>With which slug a move is refused.</summary>
    public string? MoveRefused { get; set; }
    public bool HoldOver { get; set; }

    public bool Trips { get; set; }

    public int HoldMinutes { get; set; } = 15;

    /// <summary>An agency let the patient wait for the held time.</summary>
    public Guid? HoldAgency { get; set; }
    public int NotReady { get; set; }
    public bool FeedOpen { get; set; }
    public string FeedPath { get; } = $"/feeds/{new string('s', 43)}.ics";
    public string State { get; set; } = "awaiting_deposit";
    public string Url { get; private set; } = "";

    private Services()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(AnswerAsync);
    }

    public static async Task<Services> StartAsync()
    {
        var services = new Services();
        await services.app.StartAsync();
        services.Url = services.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return services;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var request = $"{http.Request.Method} {http.Request.Path}";
        lock (Received)
        {
            Queries.Add(http.Request.QueryString.Value ?? "");
            Received.Add((request, body, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
        }

        var culture = http.Request.Query["culture"].ToString();
        object? answer = Also.TryGetValue(request, out var also) ? also(body) is (int status, string slug, Dictionary<string, object?> extensions) ? Refuse(http, status, slug, extensions) : also(body) : request switch
        {
            "GET /lines" => new[] { new { id = "nuclear", name = Text("Nuclear medicine: PET/CT", "Ядерная медицина", culture), offers = 2 } },
            "GET /cities" => new[] { new { id = "astana", name = Text("Astana", "Астана", culture), lat = 51.2, lon = 71.4, centers = 3, offers = 2 }, new { id = "taraz", name = Text("Taraz", "Тараз", culture), lat = 42.9, lon = 71.4, centers = 1, offers = 1 } },
            "GET /countries" => new[] { new { code = "GB", name = Text("United Kingdom", "Великобритания", culture) } },
            "GET /offers" => new
            {
                total = 25, page = 1, size = 10, items = new[] { Card(Instant, "instant", culture), Card(Review, "case-review", culture) },
                facets = new { lines = new[] { new { id = "nuclear", name = Text("Nuclear medicine", "Ядерная медицина", culture), count = 2 } }, cities = new[] { new { id = "astana", name = Text("Astana", "Астана", culture), count = 2 } }, modes = new[] { new { id = "instant", count = 1 }, new { id = "case-review", count = 1 } } },
            },
            "GET /centers/umc" => Merge(Center(culture), new() { ["kind"] = "private", ["city"] = new { id = "astana", name = Text("Astana", "Астана", culture), lat = 51.2, lon = 71.4, iata = "NQZ" }, ["facts"] = Facts, ["accreditation"] = "not found in public sources", ["languages"] = new[] { "kk", "ru" }, ["equipment"] = Machines, ["offers"] = new[] { Card(Instant, "instant", culture), Card(Review, "case-review", culture) }, ["sources"] = Sources }),
            "GET /availability" => new { offerId = Instant, timeZone = "Asia/Almaty", from = "2027-03-02", days = new object[] { new { date = "2027-03-02", starts = new[] { Start(0), Start(8) } }, new { date = "2027-03-03", starts = Array.Empty<object>() }, new { date = "2027-03-04", starts = new[] { Start(48) } } }, nextDate = "2027-03-20" },
            "GET /availability/next" => new[] { new { offerId = Instant, timeZone = "Asia/Almaty", starts = new[] { new { start, localDate = "2027-03-02", localTime = "10:00" } } } },
            "POST /holds" when NotOffered is not null => Refuse(http, 422, "start-not-offered", new() { ["reasons"] = NotOffered, ["alternatives"] = Array.Empty<object>() }),
            "POST /holds" when TimeTaken => Refuse(http, 409, "time-taken", new() { ["alternatives"] = new[] { new { start = start.AddHours(1), end = start.AddHours(2) }, new { start = start.AddHours(2), end = start.AddHours(3) }, new { start = start.AddHours(3), end = start.AddHours(4) } } }),
            "POST /holds" => HoldView("the-key"),
            "POST /bookings" => new { bookingId = Booking, reference = "KZ-4F7Q-92", state = "awaiting_deposit", depositDue = Kzt(4_500_000), holdExpiresAt = start },
            "POST /bookings/find" => new { },
            "POST /bookings/find/confirm" when body.Contains("123456", StringComparison.Ordinal) => new { bookingId = Booking, accessKey = "the-key" },
            "POST /bookings/find/confirm" => Refuse(http, 422, "code-wrong"),
            "POST /checkouts" when NotReady-- > 0 => Refuse(http, 409, "deposit-not-ready"),
            "POST /checkouts" => new { url = "https://pay.example/session", expiresAt = start },
            "POST /visits" => new { code = "SILK", agencyName = "Silk Road Care", offerId = (Guid?)null, touchedAt = start, expiresAt = start.AddDays(90), percentByLine = new Dictionary<string, decimal> { ["nuclear"] = 8 }, demo = true },
            _ when request == $"GET /offers/{Instant}" => Offer(Instant, "instant", culture),
            _ when request == $"GET /offers/{Review}" => Offer(Review, "case-review", culture),
            _ when http.Request.Headers["X-Access-Key"] != "the-key" && request.Contains("/holds/", StringComparison.Ordinal) => Refuse(http, 404, "hold-unknown"),
            _ when request == $"GET /holds/{Hold}" || request == $"POST /holds/{Hold}/extend" => HoldView(null),
            _ when request == $"POST /bookings/{Booking}/checkout" => new { bookingId = Booking, holdExpiresAt = start, depositDue = Kzt(4_500_000) },
            _ when request == $"POST /bookings/{Booking}/feed" => OpenFeed(http),
            _ when request == $"GET /bookings/{Booking}/feed" && FeedOpen => new { covers = "booking", neutralTitle = true, culture = "en", createdAt = start.AddDays(-9), lastReadAt = start.AddDays(-8) },
            _ when request == $"DELETE /bookings/{Booking}/feed" && FeedOpen => EndFeed(http),
            _ when request == $"GET /bookings/{Booking}" => BookingView(),
            "POST /stay-check" => CourseAnswers.Stay(JsonDocument.Parse(body).RootElement),
            _ when request == $"GET /bookings/{Booking}/reschedule" => CourseAnswers.Terms(start, Kzt(22_500_000)),
            _ when request == $"GET /bookings/{Booking}/reschedule/options" => CourseAnswers.Options(Instant, start),
            _ when request == $"POST /bookings/{Booking}/reschedule" && MoveRefused is { } refusedMove => Refuse(http, 409, refusedMove, new() { ["lost"] = CourseAnswers.Lost(start) }),
            _ when request == $"POST /bookings/{Booking}/reschedule" => BookingView(),
            _ when request == $"GET /treatment-plans/{CourseAnswers.Plan}" => CourseAnswers.PlanView(Instant, start, Kzt(22_500_000), Kzt(4_500_000)),
            "POST /courses/plan" => CourseAnswers.Plans(start),
            _ when request == $"GET /bookings/{Booking}/cancellation" => new { refund = Kzt(4_500_000), refundPercent = 100, until = start.AddHours(-72), next = new { until = start.AddHours(-24), refundPercent = 50, refundMinor = 2_250_000 } },
            _ when request == $"POST /bookings/{Booking}/cancel" => body.Contains("4500000", StringComparison.Ordinal) ? BookingView() : Refuse(http, 409, "quote-changed"),
            _ when request == $"GET /payments/{Booking}" => new { status = "open", amount = Kzt(4_500_000), refunded = (object?)null },
            _ => Refuse(http, 404, "unknown"),
        };
        if (http.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await http.Response.WriteAsJsonAsync(answer, JsonSerializerOptions.Web);
        }
    }

    private object OpenFeed(HttpContext http)
    {
        (FeedOpen, http.Response.StatusCode) = (true, StatusCodes.Status201Created);
        return new { path = FeedPath, covers = "booking", neutralTitle = true, culture = "en", createdAt = start.AddDays(-9) };
    }

    private object? EndFeed(HttpContext http)
    {
        (FeedOpen, http.Response.StatusCode) = (false, StatusCodes.Status204NoContent);
        return null;
    }

    private static object Text(string english, string russian, string culture) => culture is "ru" or "kk" ? new { text = russian, lang = "ru" } : new { text = english, lang = "en" };

    private static object Kzt(long minor) => new { amountMinor = minor, currency = "KZT" };

    private object Start(int hours) => new { start = start.AddHours(hours), end = start.AddHours(hours + 1), localTime = TimeZoneInfo.ConvertTime(start.AddHours(hours), TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty")).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture) };

    private static object[] Facts => [new { text = "Department <b>since</b> 2010", sources = new[] { "rdc" } }];
    private static object[] Machines => [new { id = "pet", kind = "pet-ct", name = "PET/CT scanner", status = "open" }];
    private static object[] Sources => [new { key = "rdc", url = "https://www.example.org/rdc", date = "undated" }];

    private Dictionary<string, object?> Center(string culture) => new() { ["id"] = "umc", ["slug"] = "umc", ["name"] = Text(CenterName, "Диагностический центр UMC", culture), ["city"] = new { id = "astana", name = Text("Astana", "Астана", culture) }, ["demo"] = false };

    private Dictionary<string, object?> Card(Guid id, string mode, string culture) => new()
    {
        ["id"] = id, ["procedureId"] = "pet", ["procedure"] = Text("Whole-body PET/CT", "ПЭТ/КТ всего тела", culture), ["line"] = new { id = "nuclear", name = Text("Nuclear medicine", "Ядерная медицина", culture) }, ["center"] = Center(culture), ["mode"] = mode,
        ["price"] = Kzt(22_500_000), ["priceUsd"] = new { amountMinor = 45_015, currency = "USD" }, ["deposit"] = mode == "instant" ? Kzt(4_500_000) : null, ["durationMinutes"] = 90, ["languages"] = new[] { "kk", "ru" }, ["priceBasis"] = "illustrative", ["demo"] = false,
    };

    private Dictionary<string, object?> Offer(Guid id, string mode, string culture) => Merge(Card(id, mode, culture), new()
    {
        ["included"] = new[] { Text("Written report", "Заключение", culture) }, ["notIncluded"] = new[] { Text("Flights", "Перелёт", culture) },
        ["cancellation"] = new[] { new { hoursBefore = 72, refundPercent = 100 }, new { hoursBefore = 24, refundPercent = 50 }, new { hoursBefore = 0, refundPercent = 0 } },
        ["preparation"] = new[] { new { offsetHours = -6, text = Text("Nothing but water", "Только вода", culture), source = "rdc" } },
        ["documents"] = new { beforeReview = new[] { Text("Referral", "Направление", culture) }, beforeTravel = new[] { Text("Passport", "Паспорт", culture) }, onArrival = Array.Empty<object>() },
        ["screening"] = new[] { new { id = "pregnant", text = Text("Are you pregnant?", "Вы беременны?", culture), onYes = "block" } },
        ["equipment"] = Machines, ["stayDays"] = new { min = 1, max = 2 }, ["facts"] = Facts, ["sources"] = Sources, ["signOff"] = "needs a clinician's sign-off", ["otherCenters"] = new[] { Card(Review, "case-review", culture) },
    });

    private object HoldView(string? key)
    {
        var now = DateTimeOffset.Parse("2027-03-01T08:00:00+00:00", System.Globalization.CultureInfo.InvariantCulture);
        return new { holdId = Hold, accessKey = key, state = HoldOver ? "expired" : "held", bookingId = (Guid?)null, offerId = Instant, start, end = start.AddHours(1), timeZone = "Asia/Almaty", expiresAt = now.AddMinutes(HoldMinutes), serverNow = now, extensionsLeft = 10, price = Kzt(22_500_000), depositDue = Kzt(4_500_000), agency = HoldAgency is { } agency ? new { agencyId = agency, since = now.AddDays(-3) } : null };
    }

    private object BookingView() => new
    {
        id = Booking, reference = "KZ-4F7Q-92", state = State, offerId = Instant, procedureNames = new { en = "Whole-body PET/CT", ru = "ПЭТ/КТ всего тела" }, centerNames = new { en = "UMC Diagnostic Center", ru = "Диагностический центр UMC" }, centerId = "umc", cityId = "astana", serviceLine = "nuclear",
        timeZone = "Asia/Almaty", start, end = start.AddHours(1), price = Kzt(22_500_000), deposit = Kzt(4_500_000), depositPaid = State == "confirmed" ? Kzt(4_500_000) : null, refund = (object?)null, patient = new { givenNames = "AIGUL", familyName = "TEST", citizenship = "GB" }, planId = Course ? CourseAnswers.Plan : (Guid?)null, sessions = Trips ? CourseAnswers.Trips(start) : Course ? CourseAnswers.Sessions(start) : null,
        cancellation = new[] { new { until = start.AddHours(-72), refundPercent = 100, refundMinor = 4_500_000 } }, holdExpiresAt = start.AddDays(-1), sequence = 2, demo = true,
    };

    private static Dictionary<string, object?> Refuse(HttpContext http, int status, string slug, Dictionary<string, object?>? extensions = null)
    {
        http.Response.StatusCode = status;
        return Merge(new() { ["type"] = $"urn:medtourism:problem:{slug}", ["status"] = status, ["detail"] = slug }, extensions ?? []);
    }

    private static Dictionary<string, object?> Merge(Dictionary<string, object?> first, Dictionary<string, object?> second)
    {
        foreach (var (key, value) in second)
        {
            first[key] = value;
        }

        return first;
    }
}
