using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

internal static class Customers
{
    private const string Kind = "customer";

    public static void Map(StripeApi api)
    {
        api.Post("/customers", Create);
        api.Get("/customers", (call, unit) => Lists.Page(call, unit.All(Kind)));
        api.Get("/customers/{id}", (call, unit) => unit.Find(Kind, call.Id) ?? throw StripeError.NotFound(Kind, call.Id));
    }

    private static JsonObject Create(Call call, Unit unit)
    {
        var form = call.Form.Only("email", "name", "phone", "description", "metadata", "preferred_locales", "expand");
        var customer = unit.Put(Kind, new JsonObject
        {
            ["id"] = Ids.New("cus", 14),
            ["object"] = Kind,
            ["created"] = unit.Seconds,
            ["description"] = form.Text("description"),
            ["email"] = form.Text("email"),
            ["livemode"] = false,
            ["metadata"] = form.Metadata(),
            ["name"] = form.Text("name"),
            ["phone"] = form.Text("phone"),
        });
        unit.Emit("customer.created", customer, call.RequestId, call.IdempotencyKey);
        return customer;
    }
}
