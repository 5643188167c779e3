using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MedTourism.Contracts.Booking;

namespace MedTourism.ServiceDefaults.Tests.Contracts;

/// <summary>Describes every message of the Contracts project as AsyncAPI 3.1: one channel a message, sent by the service that owns its file.</summary>
internal static class AsyncApiDocument
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>Top-level messages: public records that no other record contains.</summary>
    public static IReadOnlyList<Type> Messages { get; } = FindMessages();

    public static JsonObject Build()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(BookingConfirmed).Assembly.Location, ".xml"));
        JsonObject channels = [], operations = [], messages = [], schemas = [];
        foreach (var message in Messages)
        {
            var owner = message.Namespace!.Split('.')[^1].ToLowerInvariant();
            channels[message.Name] = new JsonObject
            {
                ["address"] = $"{message.Namespace}:{message.Name}",
                ["description"] = "Fan-out exchange; each consumer binds a quorum queue of its own.",
                ["messages"] = new JsonObject { [message.Name] = Reference($"#/components/messages/{message.Name}") },
            };
            operations[$"{owner}-sends-{message.Name}"] = new JsonObject
            {
                ["action"] = "send",
                ["channel"] = Reference($"#/channels/{message.Name}"),
                ["tags"] = new JsonArray(new JsonObject { ["name"] = owner }),
            };
            messages[message.Name] = new JsonObject
            {
                ["name"] = message.Name,
                ["contentType"] = "application/vnd.masstransit+json",
                ["summary"] = Summary(documentation, message),
                ["payload"] = Reference($"#/components/schemas/{message.Name}"),
            };
            AddSchema(schemas, message);
        }

        return new JsonObject
        {
            ["asyncapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Messages between the services of the market",
                ["version"] = "1.0.0",
                ["description"] = "The payload is the 'message' property of MassTransit's envelope. Messages only gain properties; a new meaning is a new message.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0" },
            },
            ["defaultContentType"] = "application/vnd.masstransit+json",
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages, ["schemas"] = schemas },
        };
    }

    private static void AddSchema(JsonObject schemas, Type type)
    {
        if (schemas.ContainsKey(type.Name))
        {
            return;
        }

        var schema = new JsonObject { ["type"] = "object" };
        schemas[type.Name] = schema;
        JsonObject properties = [];
        var required = new JsonArray();
        foreach (var property in type.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null
                || Nullability.Create(property).ReadState == NullabilityState.Nullable;
            properties[name] = SchemaOf(schemas, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, nullable);
            if (!nullable)
            {
                required.Add(name);
            }
        }

        schema["properties"] = properties;
        schema["required"] = required;
    }

    private static JsonObject SchemaOf(JsonObject schemas, Type type, bool nullable)
    {
        var schema = type switch
        {
            _ when type == typeof(string) => Simple("string"),
            _ when type == typeof(Guid) => Simple("string", "uuid"),
            _ when type == typeof(DateTimeOffset) => Simple("string", "date-time"),
            _ when type == typeof(DateOnly) => Simple("string", "date"),
            _ when type == typeof(int) => Simple("integer", "int32"),
            _ when type == typeof(long) => Simple("integer", "int64"),
            _ when type == typeof(decimal) => Simple("string", "decimal"),
            _ when type == typeof(bool) => Simple("boolean"),
            { IsArray: true } => new JsonObject { ["type"] = "array", ["items"] = SchemaOf(schemas, type.GetElementType()!, nullable: false) },
            _ when type == typeof(Dictionary<string, string>) => new JsonObject { ["type"] = "object", ["additionalProperties"] = Simple("string") },
            _ when type.Namespace?.StartsWith("MedTourism.Contracts", StringComparison.Ordinal) == true => Contained(schemas, type),
            _ => throw new NotSupportedException($"A message property of type {type} is not a primitive."),
        };
        if (nullable && schema["type"] is { } kind)
        {
            schema["type"] = new JsonArray(kind.GetValue<string>(), "null");
        }

        return schema;
    }

    private static JsonObject Contained(JsonObject schemas, Type type)
    {
        AddSchema(schemas, type);
        return Reference($"#/components/schemas/{type.Name}");
    }

    private static JsonObject Simple(string type, string? format = null) =>
        format is null ? new JsonObject { ["type"] = type } : new JsonObject { ["type"] = type, ["format"] = format };

    private static JsonObject Reference(string path) => new() { ["$ref"] = path };

    private static string Summary(XDocument documentation, Type type) =>
        documentation.Descendants("member").SingleOrDefault(member => (string?)member.Attribute("name") == $"T:{type.FullName}")?.Element("summary") is { } summary
            ? string.Join(' ', string.Concat(summary.DescendantNodes().Select(node => node switch
            {
                XText text => text.Value,
                XElement element when element.Attribute("cref") is { } reference => reference.Value.Split('.')[^1],
                _ => string.Empty,
            })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            : throw new InvalidOperationException($"The message {type.Name} has no summary.");

    private static List<Type> FindMessages()
    {
        var all = typeof(BookingConfirmed).Assembly.GetExportedTypes();
        var contained = all.SelectMany(type => type.GetProperties()).Select(property => property.PropertyType.GetElementType() ?? property.PropertyType).ToHashSet();
        return [.. all.Where(type => !contained.Contains(type)).OrderBy(type => type.FullName, StringComparer.Ordinal)];
    }
}
