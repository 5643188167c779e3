using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Webhooks;

namespace MedTourism.StripeStandIn.State;

/// <summary>One change in the making: reads see what it already put, and nothing is kept before it ends well.</summary>
public sealed class Unit
{
    private readonly IReadOnlyDictionary<string, Document> before;
    private readonly StandInClock clock;
    private readonly StandInOptions options;
    private readonly WebhookSwitches switches;

    internal Unit(IReadOnlyDictionary<string, Document> before, long sequence, StandInClock clock, StandInOptions options, WebhookSwitches switches)
    {
        this.before = before;
        this.clock = clock;
        this.options = options;
        this.switches = switches;
        Sequence = sequence;
    }

    public DateTimeOffset Now => clock.Now;

    public long Seconds => clock.UnixSeconds;

    internal long Sequence { get; private set; }

    internal Dictionary<string, Document> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>A copy of the object, free to change and to put back.</summary>
    public JsonObject? Find(string kind, string? id)
    {
        if (id is null || !(Changed.TryGetValue(id, out var document) || before.TryGetValue(id, out document)) || document.Kind != kind)
        {
            return null;
        }

        return document.Body?.DeepClone().AsObject();
    }

    /// <summary>Copies of all objects of a kind, newest first, as lists of the API are.</summary>
    public IEnumerable<JsonObject> All(string kind, Func<JsonObject, bool>? where = null) =>
        before.Values.Where(document => !Changed.ContainsKey(document.Id)).Concat(Changed.Values)
            .Where(document => document.Kind == kind && document.Body is not null && where?.Invoke(document.Body) != false)
            .OrderByDescending(document => document.Sequence)
            .Select(document => document.Body!.DeepClone().AsObject());

    public JsonObject Put(string kind, JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var id = body["id"]!.GetValue<string>();
        var number = Changed.TryGetValue(id, out var document) || before.TryGetValue(id, out document) ? document.Sequence : ++Sequence;
        // Through text, so that numbers read alike whether they were just made or come from the table.
        Changed[id] = new Document(id, kind, number, JsonNode.Parse(body.ToJsonString())!.AsObject());
        return body;
    }

    public void Remove(string kind, string id) => Changed[id] = new Document(id, kind, 0, null);

    /// <summary>Forgets what was put so far: the operation was refused.</summary>
    public void Undo() => Changed.Clear();

    /// <summary>Records an event about <paramref name="subject"/> and its deliveries to every endpoint that asked for it.</summary>
    public void Emit(string type, JsonObject subject, string? requestId = null, string? idempotencyKey = null)
    {
        var targets = switches.Drops(type) ? [] : Endpoints(type).ToList();
        var @event = new JsonObject
        {
            ["id"] = Ids.New("evt"),
            ["object"] = "event",
            ["api_version"] = StandIn.ApiVersion,
            ["created"] = Seconds,
            ["data"] = new JsonObject { ["object"] = Public(subject) },
            ["livemode"] = false,
            ["pending_webhooks"] = targets.Count,
            ["request"] = new JsonObject { ["id"] = requestId, ["idempotency_key"] = idempotencyKey },
            ["type"] = type,
        };
        Put("event", @event);
        foreach (var (url, secret) in targets)
        {
            for (var copy = 0; copy <= switches.Duplicates; copy++)
            {
                Put("delivery", new JsonObject
                {
                    ["id"] = Ids.New("del"),
                    ["event"] = @event["id"]!.GetValue<string>(),
                    ["url"] = url,
                    ["secret"] = secret,
                    ["attempts"] = 0,
                    ["next_at"] = (Now + switches.DelayOfNext()).ToUnixTimeMilliseconds(),
                });
            }
        }
    }

    /// <summary>The object as the API shows it: fields that start with an underscore are the stand-in's own.</summary>
    public static JsonObject Public(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var copy = body.DeepClone().AsObject();
        foreach (var name in copy.Select(pair => pair.Key).Where(name => name.StartsWith('_')).ToList())
        {
            copy.Remove(name);
        }

        return copy;
    }

    private IEnumerable<(string Url, string Secret)> Endpoints(string type)
    {
        if (options is { WebhookUrl: { } url, WebhookSecret: { } secret })
        {
            yield return (url, secret);
        }

        foreach (var endpoint in All("webhook_endpoint").Where(endpoint => endpoint["status"]!.GetValue<string>() == "enabled"))
        {
            if (endpoint["enabled_events"]!.AsArray().Any(name => name!.GetValue<string>() is var wanted && (wanted == "*" || wanted == type)))
            {
                yield return (endpoint["url"]!.GetValue<string>(), endpoint["_secret"]!.GetValue<string>());
            }
        }
    }
}
