using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedTourism.ServiceDefaults.Tests.Contracts;

/// <summary>A filled example of a message, the same in every run.</summary>
internal static class Sample
{
    public static JsonObject Of(Type message)
    {
        var sample = new JsonObject();
        foreach (var property in message.GetProperties())
        {
            sample[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = Value(property.PropertyType, property.Name);
        }

        return sample;
    }

    private static JsonNode? Value(Type type, string name) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => JsonValue.Create($"{name} – пример"),
        var t when t == typeof(Guid) => JsonValue.Create("0190d000-0000-7000-8000-000000000042"),
        var t when t == typeof(DateTimeOffset) => JsonValue.Create("2026-12-01T10:00:00+05:00"),
        var t when t == typeof(DateOnly) => JsonValue.Create("2026-12-16"),
        var t when t == typeof(int) => JsonValue.Create(42),
        var t when t == typeof(long) => JsonValue.Create(15_000_000L),
        var t when t == typeof(decimal) => JsonValue.Create("12.5"), // MassTransit writes decimals as text
        var t when t == typeof(bool) => JsonValue.Create(true),
        { IsArray: true } t => new JsonArray(Value(t.GetElementType()!, name)),
        var t when t == typeof(Dictionary<string, string>) => new JsonObject { ["en"] = "PET/CT", ["ru"] = "ПЭТ/КТ" },
        var t => Of(t),
    };
}
