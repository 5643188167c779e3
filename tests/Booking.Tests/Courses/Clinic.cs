using System.Net;
using System.Text.Json;
using MedTourism.Contracts.Booking;

namespace MedTourism.Booking.Tests.Courses;

/// <summary>A treatment plan that a clinic issued, with the key from the patient's letter.</summary>
internal sealed record Ordered(Guid Id, string Key);

/// <summary>What a clinic and its patients do with treatment plans and courses, over HTTP.</summary>
internal static class Clinic
{
    public static readonly object Pattern = new { sessions = 10, sessionMinutes = 20, cadence = "daily", resourceKinds = new[] { "linac" }, minHoursBetween = 18, maxGapDays = 3, startBlock = 2 };

    public static Task<Market> OpenAsync(int lanes = 1, string[]? kinds = null, long deposit = Market.Deposit) =>
        Market.OpenAsync(kinds ?? ["linac"], lanes: lanes, minutes: 20, slot: 20, deposit: deposit, mode: "case-review");

    public static string Token(string center, string role = "doctor") =>
        Running.App.Tokens.For(sub: $"{role}-{center}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: center, roles: [role]);

    public static Dictionary<string, object?> Order(Market market, object? pattern = null, long deposit = Market.Deposit) => new()
    {
        ["offerId"] = market.OfferId,
        ["pattern"] = pattern ?? Pattern,
        ["priceMinor"] = 20 * Market.Deposit,
        ["depositMinor"] = deposit,
        ["validUntil"] = Market.Now.AddDays(30),
        ["patient"] = Guest.Patient,
        ["contact"] = Guest.Contact,
        ["priority"] = 3,
    };

    public static Task<Reply> TryIssueAsync(Market market, Dictionary<string, object?> order, string role = "doctor") =>
        Market.NewGuest().SendAsync(HttpMethod.Post, "/clinic/treatment-plans", order, token: Token(market.CenterId, role));

    public static async Task<Ordered> IssueAsync(Market market, object? pattern = null, long deposit = Market.Deposit)
    {
        var reply = await TryIssueAsync(market, Order(market, pattern, deposit));
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        var id = reply.Id("id");
        return new Ordered(id, (await Steps.HeardAsync<TreatmentPlanIssued>(x => x.PlanId == id)).AccessKey);
    }

    public static Task<Reply> PlanAsync(this Guest guest, Ordered plan, object? preferences = null) =>
        guest.SendAsync(HttpMethod.Post, "/courses/plan", new { planId = plan.Id, preferences }, plan.Key);

    public static async Task<JsonElement> FirstOptionAsync(this Guest guest, Ordered plan, object? preferences = null)
    {
        var reply = await guest.PlanAsync(plan, preferences);
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Body.ToString());
        Assert.That(reply.Body.GetProperty("options").GetArrayLength(), Is.GreaterThan(0), reply.Body.ToString());
        return reply.Body.GetProperty("options")[0];
    }

    public static Task<Reply> TryHoldCourseAsync(this Guest guest, Ordered plan, JsonElement option) =>
        guest.SendAsync(HttpMethod.Post, "/courses/hold", new { optionId = option.GetProperty("optionId").GetGuid() }, plan.Key);

    public static async Task<Held> HoldCourseAsync(this Guest guest, Ordered plan, object? preferences = null)
    {
        var reply = await guest.TryHoldCourseAsync(plan, await guest.FirstOptionAsync(plan, preferences));
        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Created), reply.Body.ToString());
        return new Held(reply.Id("holdId"), plan.Key, reply.Time("expiresAt"));
    }

    public static List<JsonElement> Sessions(this Reply reply) => [.. reply.Body.GetProperty("sessions").EnumerateArray()];

    public static Task<long> AllocationsOfAsync(this Market market, Guid holdId) => market.CountAsync("SELECT count(*) FROM allocations WHERE hold_id = $1", holdId);
}
