using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

internal static class WebhookEndpoints
{
    private const string Kind = "webhook_endpoint";

    public static void Map(StripeApi api)
    {
        api.Post("/webhook_endpoints", Create);
        api.Get("/webhook_endpoints", (call, unit) => Lists.Page(call, unit.All(Kind)));
        api.Get("/webhook_endpoints/{id}", (call, unit) => Find(unit, call.Id));
        api.Delete("/webhook_endpoints/{id}", Delete);
    }

    private static JsonObject Find(Unit unit, string id) => unit.Find(Kind, id) ?? throw StripeError.NotFound(Kind, id);

    private static JsonObject Create(Call call, Unit unit)
    {
        var form = call.Form.Only("url", "enabled_events", "api_version", "description", "metadata", "connect", "expand");
        var events = form.Texts("enabled_events");
        if (events.Count == 0)
        {
            throw StripeError.Missing("enabled_events");
        }

        var secret = Ids.New("whsec", 32);
        var endpoint = new JsonObject
        {
            ["id"] = Ids.New("we"),
            ["object"] = Kind,
            ["api_version"] = form.Text("api_version"),
            ["application"] = null,
            ["created"] = unit.Seconds,
            ["description"] = form.Text("description"),
            ["enabled_events"] = new JsonArray([.. events.Select(name => JsonValue.Create(name))]),
            ["livemode"] = false,
            ["metadata"] = form.Metadata(),
            ["status"] = "enabled",
            ["url"] = form.Required("url"),
            ["_secret"] = secret,
        };
        unit.Put(Kind, endpoint);

        // Told once, at creation.
        var answer = Unit.Public(endpoint);
        answer["secret"] = secret;
        return answer;
    }

    private static JsonObject Delete(Call call, Unit unit)
    {
        Find(unit, call.Id);
        unit.Remove(Kind, call.Id);
        return new JsonObject { ["id"] = call.Id, ["object"] = Kind, ["deleted"] = true };
    }
}
