using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics;

/// <summary>Who comes today (or on another day): the console's home, with a search by reference or name over the coming week.</summary>
public static class ShowToday
{
    private const int DaysSearched = 7;

    public static void Map(IEndpointRouteBuilder console) => console.MapGet("", Handle);

    private static async Task<IResult> Handle(DateOnly? date, string? q, string? state, ClinicClient client, CurrentUser user, CancellationToken ct)
    {
        var answer = await client.TodayAsync(date, ct);
        if (answer.Value is not { } today)
        {
            return Pages.Page<NoMachines>(new NoMachines.View(user.Person!, "today"));
        }

        q = q?.Trim() is { Length: > 0 } typed ? typed : null;
        var found = q is null ? null : await SearchAsync(q, today, client, ct);
        state = TodayPage.States.Contains(state) ? state : null;
        return Pages.Page<TodayPage>(new TodayPage.View(user.Person!, today, q, found, state));
    }

    private static async Task<List<Appointment>> SearchAsync(string typed, ClinicToday today, ClinicClient client, CancellationToken ct)
    {
        var others = await Task.WhenAll(Enumerable.Range(1, DaysSearched - 1).Select(offset => client.TodayAsync(today.Date.AddDays(offset), ct)));
        var words = Formats.WesternDigits(typed).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reference = Letters(typed);
        return [.. others.Select(other => other.Value).OfType<ClinicToday>().Prepend(today).SelectMany(day => day.Appointments).DistinctBy(found => found.BookingId).Where(Matches).OrderBy(found => found.Start)];

        // A reference may be typed without hyphens; a name in any order.
        bool Matches(Appointment appointment) =>
            (reference.Length >= 4 && Letters(appointment.Reference).Contains(reference, StringComparison.Ordinal))
            || words.All(word => $"{appointment.GivenNames} {appointment.FamilyName}".Contains(word, StringComparison.CurrentCultureIgnoreCase));
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}
