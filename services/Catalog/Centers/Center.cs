using System.Text.Json.Serialization;

namespace MedTourism.Catalog.Centers;

/// <summary>A hospital or clinic. Only what a source says of it is kept; a fictional or generated one is marked demo.</summary>
public sealed class Center
{
    public required string Id { get; set; }

    public string Slug { get; set; } = string.Empty;

    [JsonPropertyName("city")]
    public required string CityId { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    public required string Kind { get; set; }

    public required string[] Lines { get; set; }

    public required Fact[] Facts { get; set; }

    public required string Accreditation { get; set; }

    public required string[] Sources { get; set; }

    /// <summary>Why the center is here if no source names it.</summary>
    public string? Basis { get; set; }

    public required string Verified { get; set; }

    public required string[] Languages { get; set; }

    public required string LanguagesBasis { get; set; }

    public required bool Demo { get; set; }

    /// <summary>False for a center that left the seed: old bookings may still ask for it, but nothing of it is shown or sold.</summary>
    public bool Listed { get; set; } = true;
}

/// <summary>A statement with the keys of the sources it rests on; none for the demo data's own remarks.</summary>
public sealed record Fact(string Text, string[] Sources);
