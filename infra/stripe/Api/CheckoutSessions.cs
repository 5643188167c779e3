using System.Globalization;
using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Sessions of the hosted page: <c>open</c>, then <c>complete</c> or <c>expired</c>, never back.</summary>
internal static class CheckoutSessions
{
    public const string Kind = "checkout.session";

    private static readonly string[] Locales =
    [
        "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN", "hr", "hu", "id", "it", "ja", "ko",
        "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
    ];

    public static void Map(StripeApi api)
    {
        api.Post("/checkout/sessions", Create);
        api.Get("/checkout/sessions", List);
        api.Get("/checkout/sessions/{id}", (call, unit) => Find(unit, call.Id));
        api.Get("/checkout/sessions/{id}/line_items", LineItems);
        api.Post("/checkout/sessions/{id}/expire", Expire);
    }

    public static JsonObject Find(Unit unit, string id) =>
        unit.Find(Kind, id) ?? throw new StripeError(404, "invalid_request_error", "resource_missing", $"No such checkout.session: {id}", "session");

    /// <summary>Ends the open sessions whose time is over.</summary>
    public static int ExpireDue(Unit unit)
    {
        var due = unit.All(Kind, session => session["status"]!.GetValue<string>() == "open" && session["expires_at"]!.GetValue<long>() <= unit.Seconds).ToList();
        due.ForEach(session => End(unit, session));
        return due.Count;
    }

    private static JsonObject Create(Call call, Unit unit)
    {
        var form = call.Form.Only(
            "mode", "success_url", "cancel_url", "client_reference_id", "customer", "customer_email", "expires_at", "locale", "metadata", "line_items",
            "payment_intent_data", "allowed_payment_method_types", "excluded_payment_method_types", "ui_mode", "submit_type", "currency", "expand",
            "adaptive_pricing", "customer_creation", "custom_text");
        if (form.Required("mode") != "payment")
        {
            throw StripeError.Invalid("The stand-in only has mode=payment.", "mode");
        }

        var (total, currency, items) = Items(form);
        var expires = form.Integer("expires_at") ?? unit.Seconds + (24 * 60 * 60);
        if (expires < unit.Seconds + (30 * 60))
        {
            throw StripeError.Invalid("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at");
        }

        if (expires > unit.Seconds + (24 * 60 * 60))
        {
            throw StripeError.Invalid("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at");
        }

        var locale = form.Text("locale");
        if (locale is not null && !Locales.Contains(locale, StringComparer.Ordinal))
        {
            throw StripeError.Invalid($"Invalid locale: must be one of {string.Join(", ", Locales)}", "locale");
        }

        var intent = form.Child("payment_intent_data")?.Only("metadata", "description", "receipt_email", "statement_descriptor_suffix", "capture_method", "transfer_group");
        var id = Ids.New("cs_test", 58);
        var session = new JsonObject
        {
            ["id"] = id,
            ["object"] = Kind,
            ["adaptive_pricing"] = null,
            ["after_expiration"] = null,
            ["allow_promotion_codes"] = null,
            ["amount_subtotal"] = total,
            ["amount_total"] = total,
            ["automatic_tax"] = new JsonObject { ["enabled"] = false, ["liability"] = null, ["provider"] = null, ["status"] = null },
            ["billing_address_collection"] = null,
            ["cancel_url"] = form.Text("cancel_url"),
            ["client_reference_id"] = form.Text("client_reference_id"),
            ["client_secret"] = null,
            ["consent"] = null,
            ["created"] = unit.Seconds,
            ["currency"] = currency,
            ["custom_fields"] = new JsonArray(),
            ["customer"] = form.Text("customer"),
            ["customer_details"] = null,
            ["customer_email"] = form.Text("customer_email"),
            ["expires_at"] = expires,
            ["invoice"] = null,
            ["livemode"] = false,
            ["locale"] = locale,
            ["metadata"] = form.Metadata(),
            ["mode"] = "payment",
            ["payment_intent"] = null,
            ["payment_link"] = null,
            ["payment_method_types"] = new JsonArray("card"),
            ["payment_status"] = "unpaid",
            ["recovered_from"] = null,
            ["setup_intent"] = null,
            ["status"] = "open",
            ["submit_type"] = form.Text("submit_type"),
            ["subscription"] = null,
            ["success_url"] = form.Required("success_url"),
            ["total_details"] = new JsonObject { ["amount_discount"] = 0, ["amount_shipping"] = 0, ["amount_tax"] = 0 },
            ["ui_mode"] = "hosted_page",
            ["url"] = $"{call.Options.PublicUrl}/c/pay/{id}",
            ["_line_items"] = items,
            ["_intent_metadata"] = intent?.Metadata() ?? [],
            ["_description"] = intent?.Text("description"),
        };
        return unit.Put(Kind, session);
    }

    private static (long Total, string Currency, JsonArray Items) Items(Form form)
    {
        var lines = form.List("line_items");
        if (lines.Count == 0)
        {
            throw StripeError.Missing("line_items");
        }

        long total = 0;
        string? currency = null;
        var items = new JsonArray();
        foreach (var line in lines)
        {
            var price = line.Only("price_data", "quantity").Child("price_data")?.Only("currency", "unit_amount", "product_data", "tax_behavior")
                ?? throw StripeError.Missing("line_items[0][price_data]");
            var product = price.Child("product_data")?.Only("name", "description", "images", "metadata", "tax_code") ?? throw StripeError.Missing("line_items[0][price_data][product_data]");
            var name = product.Required("name");
            var lineCurrency = price.Required("currency").ToLowerInvariant();
            var quantity = line.Integer("quantity") ?? throw StripeError.Missing("line_items[0][quantity]");
            var amount = price.Integer("unit_amount") ?? throw StripeError.Missing("line_items[0][price_data][unit_amount]");
            Amounts.Check(amount, lineCurrency, "line_items[0][price_data][unit_amount]");
            if (currency is not null && currency != lineCurrency)
            {
                throw StripeError.Invalid("All line items must have the same currency.", "line_items");
            }

            currency = lineCurrency;
            total += amount * quantity;
            items.Add((JsonNode)new JsonObject
            {
                ["id"] = Ids.New("li"),
                ["object"] = "item",
                ["amount_subtotal"] = amount * quantity,
                ["amount_total"] = amount * quantity,
                ["currency"] = lineCurrency,
                ["description"] = name,
                ["quantity"] = quantity,
            });
        }

        return (total, currency!, items);
    }

    private static JsonObject List(Call call, Unit unit)
    {
        var form = call.Form.Only([.. Lists.Parameters, "payment_intent", "status", "customer"]);
        return Lists.Page(call, unit.All(Kind)
            .Where(session => form.Text("payment_intent") is not { } intent || session["payment_intent"]?.GetValue<string>() == intent)
            .Where(session => form.Text("status") is not { } status || session["status"]!.GetValue<string>() == status));
    }

    private static JsonObject LineItems(Call call, Unit unit) =>
        Lists.Page(call, Find(unit, call.Id)["_line_items"]!.AsArray().Select(item => item!.AsObject()));

    private static JsonObject Expire(Call call, Unit unit)
    {
        var session = Find(unit, call.Id);
        if (session["status"]!.GetValue<string>() is var status && status != "open")
        {
            throw StripeError.Refused(
                $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{status}`.");
        }

        return End(unit, session);
    }

    private static JsonObject End(Unit unit, JsonObject session)
    {
        session["status"] = "expired";
        session["url"] = null;
        unit.Put(Kind, session);
        if (session["payment_intent"]?.GetValue<string>() is { } id && unit.Find("payment_intent", id) is { } intent)
        {
            intent["status"] = "canceled";
            intent["canceled_at"] = unit.Seconds;
            intent["cancellation_reason"] = "automatic";
            intent["next_action"] = null;
            unit.Put("payment_intent", intent);
            unit.Emit("payment_intent.canceled", intent);
        }

        unit.Emit("checkout.session.expired", session);
        return session;
    }

    public static bool IsOpen(JsonObject session, Unit unit) =>
        session["status"]!.GetValue<string>() == "open" && session["expires_at"]!.GetValue<long>() > unit.Seconds;

    /// <summary>Where the browser goes after paying.</summary>
    public static string SuccessUrl(JsonObject session) =>
        session["success_url"]!.GetValue<string>().Replace("{CHECKOUT_SESSION_ID}", session["id"]!.GetValue<string>(), StringComparison.Ordinal);

    public static string Amount(JsonObject session, CultureInfo culture) =>
        Amounts.Show(session["amount_total"]!.GetValue<long>(), session["currency"]!.GetValue<string>(), culture);
}
