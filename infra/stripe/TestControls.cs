using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Api;
using MedTourism.StripeStandIn.State;
using MedTourism.StripeStandIn.Webhooks;

namespace MedTourism.StripeStandIn;

/// <summary>Switches for tests, under <c>/_test</c>: webhooks, faults, the clock, slow payments and refunds that turn out otherwise.</summary>
internal static class TestControls
{
    public static void Map(WebApplication app)
    {
        var test = app.MapGroup("/_test");
        test.MapGet("/webhooks", (WebhookSwitches switches) => switches.Current);
        test.MapPost("/webhooks", (WebhookSwitches.Setting setting, WebhookSwitches switches) => switches.Current = setting);
        test.MapPost("/webhook-url", (Target target, StandInOptions options) => options.WebhookUrl = target.Url);
        test.MapGet("/faults", (Faults faults) => new { waiting = faults.Waiting });
        test.MapPost("/faults", (Fault fault, Faults faults) => faults.Add(fault));
        test.MapDelete("/faults", (Faults faults) => faults.Clear());
        test.MapPost("/clock", (Step step, StandInClock clock) => clock.Advance(TimeSpan.FromSeconds(step.AdvanceSeconds)));
        test.MapPost("/sessions/{id}/slow", (string id, Slow slow, Store store, CancellationToken ct) => store.ChangeAsync(unit => Slowly(unit, id, slow), ct));
        test.MapPost("/refunds/{id}", (string id, Outcome outcome, Store store, CancellationToken ct) =>
            store.ChangeAsync(unit => Unit.Public(Refunds.Move(unit, Refunds.Find(unit, id), outcome.Status)), ct));
    }

    /// <summary>A bank transfer or the like: <c>pending</c>, then <c>succeeded</c> or <c>failed</c>.</summary>
    private static JsonObject Slowly(Unit unit, string id, Slow slow)
    {
        var session = CheckoutSessions.Find(unit, id);
        if (slow.State == "pending")
        {
            Payments.Begin(unit, session, new Payer("slow@example.test", "Slow Payer"));
        }
        else
        {
            Payments.FinishSlow(unit, session, slow.State == "succeeded");
        }

        return Unit.Public(session);
    }

    internal sealed record Target(string Url);

    internal sealed record Step(double AdvanceSeconds);

    internal sealed record Slow(string State);

    internal sealed record Outcome(string Status);
}
