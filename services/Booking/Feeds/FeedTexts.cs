namespace MedTourism.Booking.Feeds;

/// <summary>The few words of a feed that are not data.</summary>
public static class FeedTexts
{
    private static readonly Dictionary<string, (string Appointment, string Appointments)> Words = new(StringComparer.Ordinal)
    {
        ["en"] = ("Appointment", "Appointments"),
        ["ru"] = ("Приём", "Приёмы"),
        ["kk"] = ("Қабылдау", "Қабылдаулар"),
        ["fr"] = ("Rendez-vous", "Rendez-vous"),
        ["ar"] = ("موعد", "المواعيد"),
    };

    /// <summary>The language if we have it, else English.</summary>
    public static string Known(string culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        var language = culture.Split('-')[0].ToLowerInvariant();
        return Words.ContainsKey(language) ? language : "en";
    }

    public static string Appointment(string culture) => Words[Known(culture)].Appointment;

    public static string Appointments(string culture) => Words[Known(culture)].Appointments;

    public static string? Name(IReadOnlyDictionary<string, string> names, string culture)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.TryGetValue(culture, out var name) || names.TryGetValue("en", out name) ? name : names.Values.FirstOrDefault();
    }
}
