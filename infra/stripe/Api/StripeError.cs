using System.Text.Json.Nodes;

namespace MedTourism.StripeStandIn.Api;

/// <summary>A refusal in Stripe's error form. <see cref="Executed"/> ones are remembered for the idempotency key; failed validations are not.</summary>
internal sealed class StripeError(int status, string type, string? code, string message, string? param = null, bool executed = false) : Exception(message)
{
    public int Status => status;

    public bool Executed => executed;

    public JsonObject Body(string requestId)
    {
        var error = new JsonObject();
        if (code is not null)
        {
            error["code"] = code;
            error["doc_url"] = $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}";
        }

        error["message"] = Message;
        if (param is not null)
        {
            error["param"] = param;
        }

        error["request_log_url"] = $"https://dashboard.stripe.com/test/logs/{requestId}";
        error["type"] = type;
        return new JsonObject { ["error"] = error };
    }

    public static StripeError Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", code, message, param);

    public static StripeError Missing(string param) =>
        Invalid($"Missing required param: {param}.", param, "parameter_missing");

    public static StripeError Refused(string message, string? code = null, string? param = null) =>
        new(400, "invalid_request_error", code, message, param, executed: true);

    public static StripeError NotFound(string kind, string id, string param = "id") =>
        new(404, "invalid_request_error", "resource_missing", $"No such {kind}: '{id}'", param);
}
