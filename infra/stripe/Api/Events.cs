using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

internal static class Events
{
    private const string Kind = "event";

    public static void Map(StripeApi api)
    {
        api.Get("/events", List);
        api.Get("/events/{id}", (call, unit) => unit.Find(Kind, call.Id) ?? throw StripeError.NotFound(Kind, call.Id));
    }

    private static JsonObject List(Call call, Unit unit)
    {
        var form = call.Form.Only([.. Lists.Parameters, "type", "types", "delivery_success", "created"]);
        var types = form.Text("type") is { } type ? [type] : form.Texts("types");
        return Lists.Page(call, unit.All(Kind)
            .Where(@event => types.Count == 0 || types.Contains(@event["type"]!.GetValue<string>()))
            .Where(@event => form.Boolean("delivery_success") is not { } wanted || wanted == (@event["_delivered"]?.GetValue<bool>() == true)));
    }
}
