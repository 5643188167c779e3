using System.Text.RegularExpressions;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Booking.Stays;

/// <summary>
/// Says what the entry rules on file mean for one or two trips of a patient, and for a companion of another citizenship. It changes nothing; it is a POST
/// because addresses are logged, and a citizenship and a passport are personal.
/// </summary>
public static partial class CheckStay
{
    private const int LongestDays = 400;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/stay-check", Handle).AllowAnonymous().RequireRateLimiting("search");

    /// <remarks>
    /// <c>citizenship</c>: ISO 3166-1 alpha-2, as <c>companion</c>. <c>from</c>: Days of arrival and departure; <c>from2</c> and <c>to2</c> are those of a second trip.
    /// </remarks>
    public sealed record Request(
        string? Citizenship, DateOnly? From, DateOnly? To, DateOnly? From2 = null, DateOnly? To2 = null, string? Companion = null, DateOnly? PassportUntil = null);

    public sealed record Response(StayResult Patient, StayResult? Companion);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Request request, BookingDb db, CancellationToken ct)
    {
        var (citizenship, from, to, from2, to2, companion, passportUntil) = request;
        if (Errors(citizenship, companion, from, to, from2, to2) is { Length: > 0 } errors)
        {
            return Problems.Fields(errors);
        }

        List<Trip> trips = [new(from!.Value, to!.Value)];
        if (from2 is { } second)
        {
            trips.Add(new Trip(second, to2!.Value));
        }

        var today = DateOnly.FromDateTime((await db.NowAsync(ct)).UtcDateTime);
        var patient = StayCheck.Of(citizenship!, await EntryRules.LoadAsync(db, citizenship, ct), trips, today, passportUntil);
        var other = companion is null ? null : StayCheck.Of(companion, await EntryRules.LoadAsync(db, companion, ct), trips, today);
        return TypedResults.Ok(new Response(patient, other));
    }

    private static (string Field, string Message)[] Errors(
        string? citizenship, string? companion, DateOnly? from, DateOnly? to, DateOnly? from2, DateOnly? to2)
    {
        List<(string, string)> errors = [];
        Check("citizenship", Country().IsMatch(citizenship ?? string.Empty), "must be a country's two letters, for example DE");
        Check("companion", companion is null || Country().IsMatch(companion), "must be a country's two letters, for example DE");
        Check("from", from is not null, "must be the day of arrival");
        Check("to", to >= from && to?.DayNumber - from?.DayNumber < LongestDays, $"must be the day of departure, less than {LongestDays} days after the arrival");
        Check("from2", from2 is null == to2 is null, "needs to2 as well, and the other way round");
        Check("to2", from2 is null || to2 is null || (to2 >= from2 && to2.Value.DayNumber - from2.Value.DayNumber < LongestDays), "must not be before from2");
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add((field, otherwise));
            }
        }
    }

    [GeneratedRegex("^[A-Za-z]{2}$")]
    private static partial Regex Country();
}
