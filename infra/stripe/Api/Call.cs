namespace MedTourism.StripeStandIn.Api;

/// <summary>One authenticated request: its parameters, route values and identifiers.</summary>
internal sealed record Call(Form Form, HttpContext Http, string RequestId, string? IdempotencyKey, StandInOptions Options)
{
    public string Id => (string)Http.Request.RouteValues["id"]!;
}
