using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Pages;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Refunds, up to the captured sum. One that succeeded may still fail later.</summary>
internal static class Refunds
{
    private const string Kind = "refund";
    private const int SettlesAfterSeconds = 2;

    public static void Map(StripeApi api)
    {
        api.Post("/refunds", Create);
        api.Get("/refunds", List);
        api.Get("/refunds/{id}", (call, unit) => Find(unit, call.Id));
        api.Post("/refunds/{id}", Update);
        api.Post("/refunds/{id}/cancel", Cancel);
    }

    public static JsonObject Find(Unit unit, string id) => unit.Find(Kind, id) ?? throw StripeError.NotFound(Kind, id);

    /// <summary>Lets slow refunds arrive and doomed ones fail.</summary>
    public static int SettleDue(Unit unit)
    {
        var due = unit.All(Kind, refund => refund["_settles_at"]?.GetValue<long>() <= unit.Seconds).ToList();
        foreach (var refund in due)
        {
            Move(unit, refund, refund["_settles_to"]!.GetValue<string>());
        }

        return due.Count;
    }

    /// <summary>The provider changes its mind about a refund.</summary>
    public static JsonObject Move(Unit unit, JsonObject refund, string status)
    {
        var charge = Charges.Find(unit, refund["charge"]!.GetValue<string>());
        refund["_settles_at"] = null;
        refund["status"] = status;
        if (status is "failed" or "canceled")
        {
            refund["failure_reason"] = status == "failed" ? "expired_or_canceled_card" : null;
            charge["amount_refunded"] = charge["amount_refunded"]!.GetValue<long>() - refund["amount"]!.GetValue<long>();
            charge["refunded"] = false;
            unit.Put("charge", charge);
        }

        unit.Put(Kind, refund);
        unit.Emit("refund.updated", refund);
        if (status == "failed")
        {
            unit.Emit("refund.failed", refund);
        }

        return refund;
    }

    private static JsonObject Create(Call call, Unit unit)
    {
        var form = call.Form.Only("payment_intent", "charge", "amount", "reason", "metadata", "instructions_email", "expand");
        if (form.Text("reason") is { } why && why is not ("duplicate" or "fraudulent" or "requested_by_customer"))
        {
            throw StripeError.Invalid("Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer", "reason");
        }

        var charge = Charge(unit, form);
        var left = charge["amount_captured"]!.GetValue<long>() - charge["amount_refunded"]!.GetValue<long>();
        if (left == 0)
        {
            throw StripeError.Refused($"Charge {charge["id"]} has already been refunded.", "charge_already_refunded");
        }

        var amount = form.Integer("amount") ?? left;
        if (amount < 1)
        {
            throw StripeError.Invalid("Invalid positive integer", "amount", "parameter_invalid_integer");
        }

        if (amount > left)
        {
            throw StripeError.Refused($"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", null, "amount");
        }

        var behaviour = charge["_refunds"]?.GetValue<string>();
        var refund = new JsonObject
        {
            ["id"] = Ids.New("re"),
            ["object"] = Kind,
            ["amount"] = amount,
            ["balance_transaction"] = null,
            ["charge"] = charge["id"]!.GetValue<string>(),
            ["created"] = unit.Seconds,
            ["currency"] = charge["currency"]!.GetValue<string>(),
            ["metadata"] = form.Metadata(),
            ["payment_intent"] = charge["payment_intent"]!.GetValue<string>(),
            ["reason"] = form.Text("reason"),
            ["receipt_number"] = null,
            ["status"] = behaviour == TestCard.SlowRefunds ? "pending" : "succeeded",
            ["_settles_at"] = behaviour is null ? null : unit.Seconds + SettlesAfterSeconds,
            ["_settles_to"] = behaviour == TestCard.FailingRefunds ? "failed" : "succeeded",
        };
        charge["amount_refunded"] = charge["amount_refunded"]!.GetValue<long>() + amount;
        charge["refunded"] = amount == left;
        unit.Put("charge", charge);
        unit.Put(Kind, refund);
        unit.Emit("refund.created", refund, call.RequestId, call.IdempotencyKey);
        unit.Emit("charge.refunded", charge, call.RequestId, call.IdempotencyKey);
        return refund;
    }

    private static JsonObject Charge(Unit unit, Form form)
    {
        if (form.Text("charge") is { } id)
        {
            return Charges.Find(unit, id);
        }

        var intent = PaymentIntents.Find(unit, form.Required("payment_intent"), "payment_intent");
        return intent["status"]!.GetValue<string>() == "succeeded"
            ? Charges.Find(unit, intent["latest_charge"]!.GetValue<string>())
            : throw StripeError.Refused($"This PaymentIntent ({intent["id"]}) does not have a successful charge to refund.", "payment_intent_unexpected_state");
    }

    private static JsonObject List(Call call, Unit unit)
    {
        var form = call.Form.Only([.. Lists.Parameters, "payment_intent", "charge", "created"]);
        return Lists.Page(call, unit.All(Kind)
            .Where(refund => form.Text("payment_intent") is not { } intent || refund["payment_intent"]!.GetValue<string>() == intent)
            .Where(refund => form.Text("charge") is not { } charge || refund["charge"]!.GetValue<string>() == charge));
    }

    private static JsonObject Update(Call call, Unit unit)
    {
        var form = call.Form.Only("metadata", "expand");
        var refund = Find(unit, call.Id);
        refund["metadata"] = form.Metadata(refund["metadata"]!.AsObject());
        unit.Put(Kind, refund);
        unit.Emit("refund.updated", refund, call.RequestId, call.IdempotencyKey);
        return refund;
    }

    private static JsonObject Cancel(Call call, Unit unit)
    {
        Find(unit, call.Id);
        throw StripeError.Refused("Only refunds that wait for the customer can be canceled.");
    }
}
