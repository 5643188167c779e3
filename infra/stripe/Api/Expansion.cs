using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Api;

/// <summary>Puts whole objects where an answer has their ids, as <c>expand[]=payment_intent.latest_charge</c> asks.</summary>
internal static class Expansion
{
    private static readonly (string Prefix, string Kind)[] Kinds =
    [
        ("pi_", "payment_intent"), ("ch_", "charge"), ("re_", "refund"), ("cus_", "customer"), ("cs_", "checkout.session"),
    ];

    public static void Apply(Unit unit, JsonObject result, string path) => Apply(unit, result, path.Split('.').AsSpan());

    private static void Apply(Unit unit, JsonNode? at, ReadOnlySpan<string> steps)
    {
        if (steps.Length == 0)
        {
            return;
        }

        if (at is JsonArray list)
        {
            foreach (var item in list)
            {
                Apply(unit, item, steps);
            }
        }
        else if (at is JsonObject owner)
        {
            if (owner[steps[0]] is JsonValue value && value.TryGetValue<string>(out var id))
            {
                var kind = Kinds.FirstOrDefault(kind => id.StartsWith(kind.Prefix, StringComparison.Ordinal)).Kind
                    ?? throw StripeError.Invalid($"This property cannot be expanded ({steps[0]}).", "expand");
                owner[steps[0]] = unit.Find(kind, id) is { } found ? Unit.Public(found) : id;
            }

            Apply(unit, owner[steps[0]], steps[1..]);
        }
    }
}
