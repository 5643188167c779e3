namespace MedTourism.Catalog.Procedures;

/// <summary>A branch of medicine under which procedures are listed, with what its offers usually include.</summary>
public sealed class ServiceLine
{
    public required string Id { get; set; }

    public int Position { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    public required Dictionary<string, string>[] Included { get; set; }

    public required Dictionary<string, string>[] NotIncluded { get; set; }

    public required string Basis { get; set; }
}
