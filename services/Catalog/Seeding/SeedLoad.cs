namespace MedTourism.Catalog.Seeding;

/// <summary>Which seed this database holds.</summary>
public sealed class SeedLoad
{
    public required string Name { get; set; }

    public required string Hash { get; set; }

    public required DateTimeOffset LoadedAt { get; set; }
}
