using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

internal static class PaymentIntents
{
    private const string Kind = "payment_intent";

    public static void Map(StripeApi api)
    {
        api.Get("/payment_intents", (call, unit) => Lists.Page(call, unit.All(Kind)));
        api.Get("/payment_intents/{id}", (call, unit) => Find(unit, call.Id));
        api.Post("/payment_intents/{id}", Update);
        api.Post("/payment_intents/{id}/cancel", Cancel);
    }

    public static JsonObject Find(Unit unit, string id, string param = "intent") =>
        unit.Find(Kind, id) ?? throw StripeError.NotFound(Kind, id, param);

    private static JsonObject Update(Call call, Unit unit)
    {
        var form = call.Form.Only("metadata", "description", "expand");
        var intent = Find(unit, call.Id);
        intent["metadata"] = form.Metadata(intent["metadata"]!.AsObject());
        return unit.Put(Kind, intent);
    }

    // Every intent here belongs to a Checkout Session, and those end with their session.
    private static JsonObject Cancel(Call call, Unit unit)
    {
        Find(unit, call.Id);
        throw StripeError.Refused(
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session. You may expire the Checkout Session instead.",
            "payment_intent_unexpected_state");
    }
}
