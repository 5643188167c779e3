using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.Web.Clinics;

/// <summary>Blocks what is free between two times of a machine's day. Held and booked times inside are left as they are, and the page says so.</summary>
public static class BlockTime
{
    public static void Map(IEndpointRouteBuilder console) => console.MapPost("/blocks", Handle);

    private static async Task<IResult> Handle(
        [FromForm] DateOnly date, [FromForm] Guid machine, [FromForm] string? from, [FromForm] string? to, [FromForm] string? reason, [FromForm] string? key,
        ClinicClient client, CurrentUser user, Notices notices, Site site, CancellationToken ct)
    {
        var chosen = new ShowBoard.Chosen(date, machine, ShowBoard.Time(from), ShowBoard.Time(to), reason?.Trim() ?? "");
        Task<IResult> Refuse(string why) => ShowBoard.ShowAsync(client, user, chosen, why, null, ct);

        if (chosen is not { From: { } start, To: { } end })
        {
            return await Refuse("times");
        }

        if (chosen.Reason.Length is 0 or > 200)
        {
            return await Refuse("reason");
        }

        if ((await client.DayAsync(date, ct)).Value is not { } day || day.Resources.FirstOrDefault(resource => resource.Id == machine) is not { } resource)
        {
            return await Refuse("machine");
        }

        // "24:00" cannot be typed: an end of 00:00 is the end of the day.
        var span = new TimeSlice(At(day, start), end == TimeOnly.MinValue ? At(day, end).AddDays(1) : At(day, end));
        if (span.End <= span.Start)
        {
            return await Refuse("order");
        }

        var once = Guid.TryParse(key, out var given) ? given : Guid.CreateVersion7();
        var blocks = new List<Block>();
        var kept = resource.Allocations.Count(taken => taken.Start < span.End && taken.End > span.Start);
        foreach (var (piece, number) in Free(resource, span).Select((piece, number) => (piece, number)))
        {
            var answer = await client.BlockAsync(machine, piece.Start, piece.End, chosen.Reason, $"{once}-{number}", ct);
            if (answer.Value is { } block)
            {
                blocks.Add(block);
            }
            else if (answer.Problem!.Slug == "time-occupied")
            {
                kept++; // Taken in the moment between looking and blocking.
            }
            else
            {
                return await Refuse(answer.Problem.Status == StatusCodes.Status403Forbidden ? "forbidden" : "refused");
            }
        }

        if (blocks.Count == 0)
        {
            return await Refuse("occupied");
        }

        notices.Leave("blocked", ("ids", string.Join(',', blocks.Select(block => block.Id))), ("machine", resource.Name), ("from", Formats.Time(start)), ("to", Formats.Time(end)), ("kept", $"{kept}"));
        return Pages.SeeOther(ShowBoard.Address(site, date));
    }

    private static DateTimeOffset At(ClinicDay day, TimeOnly time)
    {
        var noon = Formats.At(new DateTimeOffset(day.Date.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero), day.TimeZone);
        return new DateTimeOffset(day.Date.ToDateTime(time), noon.Offset);
    }

    private static List<TimeSlice> Free(ResourceDay resource, TimeSlice span)
    {
        var free = new List<TimeSlice>();
        var start = span.Start;
        foreach (var taken in resource.Allocations.Where(taken => taken.Start < span.End && taken.End > span.Start).OrderBy(taken => taken.Start))
        {
            if (taken.Start > start)
            {
                free.Add(new(start, taken.Start));
            }

            start = taken.End > start ? taken.End : start;
        }

        if (start < span.End)
        {
            free.Add(new(start, span.End));
        }

        return free;
    }
}
