namespace MedTourism.Catalog.Entry;

/// <summary>How long citizens of a country may stay without a visa, between two dates.</summary>
public sealed class VisaRegime
{
    public required string Country { get; set; }

    public required DateOnly ValidFrom { get; set; }

    public DateOnly? ValidTo { get; set; }

    public required int VisaFreeDays { get; set; }

    public required int WindowDays { get; set; }

    public required int MaxInWindow { get; set; }

    public required string Via { get; set; }

    public string? Note { get; set; }

    public required string ValidityBasis { get; set; }

    public string? Source { get; set; }

    public string? Basis { get; set; }

    public required DateOnly CheckedOn { get; set; }
}
