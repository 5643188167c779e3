using System.Text.Json.Serialization;

namespace MedTourism.Catalog.Procedures;

/// <summary>A treatment or examination, apart from where it is done.</summary>
public sealed class Procedure
{
    public required string Id { get; set; }

    [JsonPropertyName("line")]
    public required string LineId { get; set; }

    public int Position { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    public required bool NamesNeedReview { get; set; }

    /// <summary>How it can be booked where all it needs is open: <c>instant</c>, <c>case-review</c>, <c>cycle</c>, <c>enquiry</c> or <c>not-bookable</c>.</summary>
    public required string Mode { get; set; }

    /// <summary>How long one appointment occupies its resources.</summary>
    public required int DurationMinutes { get; set; }

    /// <summary>How long the patient is there, if that is longer (a PET scanner is busy 45 minutes of a three-hour visit).</summary>
    public int? VisitMinutes { get; set; }

    /// <summary>True if what is booked is the first of several visits.</summary>
    public required bool FirstVisitOnly { get; set; }

    public required string[] ResourceKinds { get; set; }

    public required string HighTech { get; set; }

    public required string HighTechCode { get; set; }

    public required string Foreigners { get; set; }

    public required bool BoardReview { get; set; }

    [JsonPropertyName("pattern")]
    public required string PatternId { get; set; }

    [JsonPropertyName("documents")]
    public required string BundleId { get; set; }

    public required string[] Preparation { get; set; }

    public required string[] Centers { get; set; }

    public PriceRange? PriceUsd { get; set; }

    public string? Note { get; set; }

    public required string[] Sources { get; set; }
}

/// <summary>Whole US dollars.</summary>
public sealed record PriceRange(int Min, int Max, string Basis);
