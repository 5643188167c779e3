using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics;

/// <summary>Who comes today (or on another day): the console's home, with a search of all bookings by reference or name.</summary>
public static class ShowToday
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("", Handle);

    private static async Task<IResult> Handle(DateOnly? date, string? q, string? state, ClinicClient client, CurrentUser user, Notices notices, CancellationToken ct)
    {
        var answer = await client.TodayAsync(date, ct);
        if (answer.Value is not { } today)
        {
            return Pages.Page<NoMachines>(new NoMachines.View(user.Person!, "today"));
        }

        q = q?.Trim() is { Length: > 0 } typed ? typed : null;
        var found = q is null ? null : (await client.SearchAsync(Formats.WesternDigits(q), ct)).Value;
        state = TodayPage.States.Contains(state) ? state : null;
        return Pages.Page<TodayPage>(new TodayPage.View(user.Person!, today, q, found, state, notices.Take()));
    }
}
