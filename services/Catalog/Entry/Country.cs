namespace MedTourism.Catalog.Entry;

public sealed class Country
{
    public required string Code { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    /// <summary>Unions the market reports on: SCO, OTS, EAEU.</summary>
    public required string[] Groups { get; set; }
}

/// <summary>A language patients or centers may speak.</summary>
public sealed class Language
{
    public required string Code { get; set; }

    public required string Autonym { get; set; }

    public required string Script { get; set; }

    public required string Dir { get; set; }

    public required string[] Countries { get; set; }

    public required int Priority { get; set; }
}

/// <summary>A day on which centers do not work. An unofficial one was computed and may still change.</summary>
public sealed class Holiday
{
    public required string Country { get; set; }

    public required DateOnly Date { get; set; }

    public required string Name { get; set; }

    public required bool Official { get; set; }

    public required string[] Sources { get; set; }

    public string? Basis { get; set; }

    public bool Announced { get; set; }
}
