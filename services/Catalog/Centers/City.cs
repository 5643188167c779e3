namespace MedTourism.Catalog.Centers;

public sealed class City
{
    public required string Id { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    public required string[] AlsoKnownAs { get; set; }

    public required double Lat { get; set; }

    public required double Lon { get; set; }

    public required string Region { get; set; }

    public string? Iata { get; set; }

    public required bool InternationalAirport { get; set; }

    public required string TimeZone { get; set; }

    public required string CoordinatesBasis { get; set; }
}
