using System.Globalization;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>The slot board: every machine's day. Choosing a time there (or by script) fills the form that blocks or opens it.</summary>
public static class ShowBoard
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/day", (DateOnly? date, Guid? machine, string? from, string? to, Guid? block, ClinicClient client, CurrentUser user, Notices notices, CancellationToken ct) =>
            ShowAsync(client, user, new(date, machine, Time(from), Time(to), "", block), null, notices.Take(), ct));
    }

    /// <summary>The day of the board, what is chosen on it, and (after a refused form) why nothing was done.</summary>
    public sealed record Chosen(DateOnly? Date, Guid? Machine, TimeOnly? From, TimeOnly? To, string Reason = "", Guid? Block = null);

    public static async Task<IResult> ShowAsync(ClinicClient client, CurrentUser user, Chosen chosen, string? error, Notice? notice, CancellationToken ct)
    {
        var answer = await client.DayAsync(chosen.Date, ct);
        return answer.Value is { } day
            ? Pages.Page<BoardPage>(new BoardPage.View(user.Person!, day, Board.Of(day), chosen, error, notice), error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity)
            : Pages.Page<NoMachines>(new NoMachines.View(user.Person!, "board"));
    }

    public static TimeOnly? Time(string? typed) =>
        TimeOnly.TryParseExact(Shared.Culture.Formats.WesternDigits(typed ?? ""), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    public static string Address(Site site, DateOnly date) => site.Url("/console/day") + "?date=" + date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
