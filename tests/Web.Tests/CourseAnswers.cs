using System.Text.Json;

namespace MedTourism.Web.Tests;

/// <summary>What Booking answers about a course of three sessions and the ways to move it, as its contract says.</summary>
internal static class CourseAnswers
{
    public static readonly Guid Plan = new("0c000000-0000-7000-8000-000000000001");
    public static readonly Guid Option = new("0d000000-0000-7000-8000-000000000001");

    public static object[] Sessions(DateTimeOffset start) => [.. Enumerable.Range(0, 3).Select(day => new
    {
        sessionId = Guid.CreateVersion7(), number = day + 1, phase = "fraction", trip = 1, start = start.AddDays(day), end = start.AddDays(day).AddMinutes(20), state = "booked", sequence = 0,
    })];

    /// <summary>An implant, and nine weeks later two visits for its crown.</summary>
    public static object[] Trips(DateTimeOffset start) => [.. new[] { (0, 1, "placement"), (63, 2, "prosthetic"), (67, 2, "prosthetic") }.Select((visit, n) => new
    {
        sessionId = Guid.CreateVersion7(), number = n + 1, phase = visit.Item3, trip = visit.Item2, start = start.AddDays(visit.Item1), end = start.AddDays(visit.Item1).AddHours(1), state = "booked", sequence = 0,
    })];

    public static object Terms(DateTimeOffset start, object price) => new
    {
        allowed = true, until = start.AddDays(-3), movesLeft = 2, reasons = Array.Empty<object>(), start, end = start.AddDays(2), timeZone = "Asia/Almaty", price, todayPrice = price, differenceMinor = 0, sequence = 2,
        serverNow = start.AddDays(-10),
    };

    public static object Options(Guid offer, DateTimeOffset start) => new
    {
        offerId = offer, timeZone = "Asia/Almaty", from = "2027-03-02", days = Array.Empty<object>(), differenceMinor = 0, sequence = 2, courses = Plans(start),
    };

    public static object Plans(DateTimeOffset start) => new
    {
        planId = Plan, timeZone = "Asia/Almaty", serverNow = start.AddDays(-10), optionsExpireAt = start.AddDays(-9), refusals = Array.Empty<object>(), relaxations = Array.Empty<object>(),
        options = new[]
        {
            new
            {
                optionId = Option, rank = 1, firstDay = "2027-03-09", lastDay = "2027-03-11", arriveOn = "2027-03-08", leaveOn = "2027-03-12", daysInCountry = 5, gaps = Array.Empty<object>(), longestGapDays = 1, lostDays = 0,
                delayDays = 0, usualStart = "10:00:00", hourDeviationMinutes = 0, largestDeviationMinutes = 0, machineChanges = 0, daysLate = (int?)null, fitsLimits = true,
                sessions = Enumerable.Range(0, 3).Select(day => new { number = day + 1, phase = "fraction", start = start.AddDays(7 + day), end = start.AddDays(7 + day).AddMinutes(20), machine = "TomoTherapy 1" }),
                why = new object[]
                {
                    new { code = "policy", parameters = new { }, text = "x" }, new { code = "policy-on-time-keeps-room", parameters = new { firstDay = "2027-03-09", daysLate = 0, cost = 1.5 }, text = "x" },
                },
            },
        },
    };

    public static object[] Lost(DateTimeOffset start) =>
    [
        new
        {
            number = 2, phase = "fraction", start = start.AddDays(8), end = start.AddDays(8).AddMinutes(20),
            reasons = new[] { new { code = "taken", parameters = new { resource = "TomoTherapy 1", from = start.AddDays(8), to = start.AddDays(8).AddMinutes(20) }, text = "x" } },
        },
    ];

    public static object PlanView(Guid offer, DateTimeOffset start, object price, object deposit) => new
    {
        id = Plan, state = "issued", offerId = offer, procedureNames = new { en = "Tomotherapy" }, centerId = "umc", centerNames = new { en = "Center" }, timeZone = "Asia/Almaty",
        pattern = new { sessions = 3, sessionMinutes = 20, cadence = "daily" }, price, deposit, validUntil = start.AddDays(30), serverNow = start.AddDays(-10), readyOn = "2027-03-02",
        patient = new { familyName = "TEST", givenNames = "AIGUL", dateOfBirth = "1978-04-03", citizenship = "GB" }, contact = new { email = "a@example.org", culture = "en", neutralTitle = false }, demo = true,
    };

    /// <summary>A companion and a passport are told only to who asks for them.</summary>
    public static object Stay(JsonElement asked) => new
    {
        patient = Result(asked.GetProperty("citizenship").GetString()!, "no", Given(asked, "passportUntil") ? "short" : "unknown"),
        companion = Given(asked, "companion") ? Result(asked.GetProperty("companion").GetString()!, "yes", "unknown") : null,
    };

    private static bool Given(JsonElement asked, string field) => asked.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null;

    private static object Result(string citizenship, string visa, string passport) => new
    {
        citizenship, trips = Array.Empty<object>(), needsVisa = visa, neededDays = 5, longestVisitDays = 5, allowedDays = 30, daysInWindow = 5, maxInWindow = 90, windowDays = 180, daysLeft = 25,
        applyBy = visa == "yes" ? "2027-02-20" : null, passport,
        rule = new { validFrom = "2025-01-01", validTo = (string?)null, visaFreeDays = 30, windowDays = 180, maxInWindow = 90, via = "unilateral", note = (string?)null, source = "reg2025", sourceUrl = "https://example.org/rule", basis = (string?)null, checkedOn = "2026-11-01" },
        notes = new object[]
        {
            new { code = "buffer-short", text = "x", source = (object?)null, with = new { days = 2, suggested = 3 } },
            new { code = "passport-short", text = "x", source = new { key = "evisaLondon", url = "https://example.org/evisa", date = "undated" }, with = new { until = "2027-06-12" } },
            new { code = "something-new", text = "Only in English.", source = (object?)null, with = (object?)null },
            new { code = visa == "yes" ? "apply-by-past" : "ask-consulate", text = "x", source = (object?)null, with = (object?)null },
        },
    };
}
