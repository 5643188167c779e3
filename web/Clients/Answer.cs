using System.Text.Json;

namespace MedTourism.Web.Clients;

/// <summary>What a service answered: a value, or a refusal it has a name for.</summary>
public sealed record Answer<T>(T? Value, Problem? Problem) where T : class
{
    public bool Ok => Problem is null;

    /// <summary>For callers to whom every refusal means the same.</summary>
    public T OrThrow() => Value ?? throw new InvalidOperationException($"Unexpected refusal: {Problem?.Slug}");
}

/// <summary>A refusal (problem details). <see cref="Slug"/> is the last part of its type: <c>time-taken</c>, <c>hold-expired</c>.</summary>
public sealed record Problem(int Status, string Slug, string? Detail, Dictionary<string, JsonElement> Extensions)
{
    /// <summary>Messages by field name, if the refusal is about fields.</summary>
    public IReadOnlyDictionary<string, string[]> Errors =>
        Extensions.TryGetValue("errors", out var errors) ? errors.Deserialize<Dictionary<string, string[]>>(Json.Options) ?? [] : [];

    public T? Extension<T>(string name) => Extensions.TryGetValue(name, out var value) ? value.Deserialize<T>(Json.Options) : default;
}

/// <summary>A service did not answer, or failed. Nothing can be said about whether it acted.</summary>
public sealed class ServiceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

public static class Json
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
}
