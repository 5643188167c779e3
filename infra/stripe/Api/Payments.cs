using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Pages;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Attempts to pay a session: each makes a charge, the intent is shared between them.</summary>
internal static class Payments
{
    public static void Succeed(Unit unit, JsonObject session, TestCard card, Payer payer)
    {
        var intent = Intent(unit, session);
        var charge = Charge(unit, intent, card, payer);
        charge["status"] = "succeeded";
        charge["paid"] = true;
        charge["captured"] = true;
        charge["amount_captured"] = charge["amount"]!.GetValue<long>();
        unit.Put("charge", charge);
        unit.Emit("charge.succeeded", charge);
        Settle(unit, intent, charge);
        Complete(unit, session, intent, payer, "paid");
    }

    public static void Decline(Unit unit, JsonObject session, TestCard card, Payer payer)
    {
        var intent = Intent(unit, session);
        var charge = Charge(unit, intent, card, payer);
        charge["status"] = "failed";
        charge["paid"] = false;
        charge["failure_code"] = "card_declined";
        charge["failure_message"] = "Your card was declined.";
        charge["outcome"] = new JsonObject { ["type"] = "issuer_declined", ["reason"] = card.DeclineCode, ["network_status"] = "declined_by_network" };
        unit.Put("charge", charge);
        unit.Emit("charge.failed", charge);
        Fail(unit, intent, charge["id"]!.GetValue<string>(), "card_declined", card.DeclineCode);
    }

    /// <summary>The bank wants to ask the payer first.</summary>
    public static void Challenge(Unit unit, JsonObject session, TestCard card, Payer payer)
    {
        var intent = Intent(unit, session);
        intent["status"] = "requires_action";
        intent["next_action"] = new JsonObject { ["type"] = "redirect_to_url", ["redirect_to_url"] = new JsonObject { ["url"] = null, ["return_url"] = null } };
        unit.Put("payment_intent", intent);
        unit.Emit("payment_intent.requires_action", intent);
        session["_challenge"] = new JsonObject { ["card"] = card.Number, ["email"] = payer.Email, ["name"] = payer.Name };
        unit.Put(CheckoutSessions.Kind, session);
    }

    public static void FailChallenge(Unit unit, JsonObject session)
    {
        session["_challenge"] = null;
        unit.Put(CheckoutSessions.Kind, session);
        Fail(unit, Intent(unit, session), null, "payment_intent_authentication_failure", null);
    }

    /// <summary>A slow method: the session is complete, the money comes later or not at all.</summary>
    public static void Begin(Unit unit, JsonObject session, Payer payer)
    {
        var intent = Intent(unit, session);
        intent["status"] = "processing";
        unit.Put("payment_intent", intent);
        unit.Emit("payment_intent.processing", intent);
        Complete(unit, session, intent, payer, "unpaid");
    }

    public static void FinishSlow(Unit unit, JsonObject session, bool paid)
    {
        var intent = unit.Find("payment_intent", session["payment_intent"]!.GetValue<string>())!;
        if (!paid)
        {
            Fail(unit, intent, null, "payment_intent_payment_attempt_failed", null);
            unit.Emit("checkout.session.async_payment_failed", session);
            return;
        }

        var charge = Charge(unit, intent, TestCard.Usual, new Payer(null, null));
        charge["status"] = "succeeded";
        charge["paid"] = true;
        charge["captured"] = true;
        charge["amount_captured"] = charge["amount"]!.GetValue<long>();
        unit.Put("charge", charge);
        unit.Emit("charge.succeeded", charge);
        Settle(unit, intent, charge);
        session["payment_status"] = "paid";
        unit.Put(CheckoutSessions.Kind, session);
        unit.Emit("checkout.session.async_payment_succeeded", session);
    }

    private static void Settle(Unit unit, JsonObject intent, JsonObject charge)
    {
        intent["status"] = "succeeded";
        intent["amount_received"] = intent["amount"]!.GetValue<long>();
        intent["latest_charge"] = charge["id"]!.GetValue<string>();
        intent["last_payment_error"] = null;
        intent["next_action"] = null;
        unit.Put("payment_intent", intent);
        unit.Emit("payment_intent.succeeded", intent);
    }

    private static void Fail(Unit unit, JsonObject intent, string? charge, string code, string? declineCode)
    {
        intent["status"] = "requires_payment_method";
        intent["latest_charge"] = charge ?? intent["latest_charge"]?.GetValue<string>();
        intent["next_action"] = null;
        intent["last_payment_error"] = new JsonObject
        {
            ["charge"] = charge,
            ["code"] = code,
            ["decline_code"] = declineCode,
            ["message"] = declineCode is null ? "The payment could not be authenticated or completed." : "Your card was declined.",
            ["type"] = declineCode is null ? "invalid_request_error" : "card_error",
        };
        unit.Put("payment_intent", intent);
        unit.Emit("payment_intent.payment_failed", intent);
    }

    private static void Complete(Unit unit, JsonObject session, JsonObject intent, Payer payer, string paymentStatus)
    {
        session["_challenge"] = null;
        session["status"] = "complete";
        session["payment_status"] = paymentStatus;
        session["payment_intent"] = intent["id"]!.GetValue<string>();
        session["url"] = null;
        session["customer_details"] = new JsonObject { ["email"] = payer.Email, ["name"] = payer.Name, ["address"] = null, ["phone"] = null, ["tax_exempt"] = "none", ["tax_ids"] = new JsonArray() };
        unit.Put(CheckoutSessions.Kind, session);
        unit.Emit("checkout.session.completed", session);
    }

    /// <summary>The session's intent, made at the first attempt, as Stripe does.</summary>
    private static JsonObject Intent(Unit unit, JsonObject session)
    {
        if (session["payment_intent"]?.GetValue<string>() is { } id)
        {
            return unit.Find("payment_intent", id)!;
        }

        var intent = new JsonObject
        {
            ["id"] = Ids.New("pi"),
            ["object"] = "payment_intent",
            ["amount"] = session["amount_total"]!.GetValue<long>(),
            ["amount_capturable"] = 0L,
            ["amount_received"] = 0L,
            ["canceled_at"] = null,
            ["cancellation_reason"] = null,
            ["capture_method"] = "automatic_async",
            ["client_secret"] = null,
            ["confirmation_method"] = "automatic",
            ["created"] = unit.Seconds,
            ["currency"] = session["currency"]!.GetValue<string>(),
            ["customer"] = session["customer"]?.GetValue<string>(),
            ["description"] = session["_description"]?.GetValue<string>(),
            ["last_payment_error"] = null,
            ["latest_charge"] = null,
            ["livemode"] = false,
            ["metadata"] = session["_intent_metadata"]!.DeepClone(),
            ["next_action"] = null,
            ["payment_method"] = null,
            ["payment_method_types"] = new JsonArray("card"),
            ["status"] = "requires_payment_method",
            ["transfer_group"] = null,
        };
        session["payment_intent"] = intent["id"]!.GetValue<string>();
        unit.Put(CheckoutSessions.Kind, session);
        unit.Put("payment_intent", intent);
        unit.Emit("payment_intent.created", intent);
        return intent;
    }

    private static JsonObject Charge(Unit unit, JsonObject intent, TestCard card, Payer payer) => new()
    {
        ["id"] = Ids.New("ch"),
        ["object"] = "charge",
        ["amount"] = intent["amount"]!.GetValue<long>(),
        ["amount_captured"] = 0L,
        ["amount_refunded"] = 0L,
        ["billing_details"] = new JsonObject { ["email"] = payer.Email, ["name"] = payer.Name, ["address"] = null, ["phone"] = null },
        ["captured"] = false,
        ["created"] = unit.Seconds,
        ["currency"] = intent["currency"]!.GetValue<string>(),
        ["customer"] = null,
        ["description"] = intent["description"]?.GetValue<string>(),
        ["disputed"] = false,
        ["failure_code"] = null,
        ["failure_message"] = null,
        ["livemode"] = false,
        ["metadata"] = intent["metadata"]!.DeepClone(),
        ["outcome"] = new JsonObject { ["type"] = "authorized", ["network_status"] = "approved_by_network", ["reason"] = null },
        ["paid"] = false,
        ["payment_intent"] = intent["id"]!.GetValue<string>(),
        ["payment_method_details"] = new JsonObject { ["type"] = "card", ["card"] = new JsonObject { ["brand"] = "visa", ["last4"] = card.Number[^4..] } },
        ["refunded"] = false,
        ["status"] = "pending",
        ["_refunds"] = card.Refunds,
    };
}

/// <summary>What the payer typed, apart from the card.</summary>
internal sealed record Payer(string? Email, string? Name);
