namespace MedTourism.Booking.Repairs;

/// <summary>
/// How many days a citizen (ISO 3166-1 alpha-2) may stay without a visa, for showing what longer courses mean; null if it is not known. Information, not
/// advice: no repair is refused because of it.
/// </summary>
public sealed class StayLimits(Func<string, int?> find)
{
    public int? VisaFreeDays(string citizenship) => find(citizenship);
}
