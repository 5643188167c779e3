using MassTransit;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Holds;

/// <summary>Gives a live hold more time, so that nobody loses their time because a form is long.</summary>
public static class ExtendHold
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/holds/{id:guid}/extend", Handle).AllowAnonymous().RequireRateLimiting("write");

    private static async Task<Results<Ok<HoldView>, ProblemHttpResult>> Handle(
        Guid id, [FromHeader(Name = AccessKey.Header)] string? key, BookingDb db, IPublishEndpoint bus, IOptions<BookingOptions> options, CancellationToken ct)
    {
        if (await ShowHold.FindAsync(db, id, key, ct) is null)
        {
            return ShowHold.Unknown();
        }

        var extended = await db.InTransactionAsync(() => LengthenHold.ByExtensionAsync(db, bus, id, options.Value, ct), ct);
        var view = await ShowHold.ViewAsync(db, id, options.Value, ct);
        return (extended, view.State) switch
        {
            (true, _) => TypedResults.Ok(view),
            (_, Hold.Held) => Problems.Conflict("no-extensions-left", $"A hold can be extended {options.Value.MostExtensions} times."),
            (_, Hold.Used) => Problems.Conflict("already-confirmed", "This time is already booked."),
            _ => Problems.Gone("hold-expired", "This hold has ended. Choose a time again."),
        };
    }
}
