using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Pages of objects, newest first, by <c>limit</c>, <c>starting_after</c> and <c>ending_before</c>.</summary>
internal static class Lists
{
    public static readonly string[] Parameters = ["limit", "starting_after", "ending_before", "expand"];

    public static JsonObject Page(Call call, IEnumerable<JsonObject> newestFirst)
    {
        var limit = call.Form.Integer("limit") ?? 10;
        if (limit is < 1 or > 100)
        {
            throw StripeError.Invalid("The limit is between 1 and 100.", "limit");
        }

        var all = newestFirst.ToList();
        if (call.Form.Text("starting_after") is { } after)
        {
            all = [.. all.SkipWhile(item => Id(item) != after).Skip(1)];
        }

        if (call.Form.Text("ending_before") is { } before)
        {
            all = [.. all.TakeWhile(item => Id(item) != before).TakeLast((int)limit)];
        }

        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. all.Take((int)limit).Select(Unit.Public)]),
            ["has_more"] = all.Count > limit,
            ["url"] = call.Http.Request.Path.Value,
        };
    }

    private static string Id(JsonObject item) => item["id"]!.GetValue<string>();
}
