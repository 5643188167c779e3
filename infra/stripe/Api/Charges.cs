using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

internal static class Charges
{
    private const string Kind = "charge";

    public static void Map(StripeApi api)
    {
        api.Get("/charges", List);
        api.Get("/charges/{id}", (call, unit) => Find(unit, call.Id));
    }

    public static JsonObject Find(Unit unit, string id) => unit.Find(Kind, id) ?? throw StripeError.NotFound(Kind, id, "charge");

    private static JsonObject List(Call call, Unit unit)
    {
        var form = call.Form.Only([.. Lists.Parameters, "payment_intent", "customer", "created"]);
        return Lists.Page(call, unit.All(Kind)
            .Where(charge => form.Text("payment_intent") is not { } intent || charge["payment_intent"]!.GetValue<string>() == intent));
    }
}
