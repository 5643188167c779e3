using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Waitlist;

/// <summary>An entry for who waits, an agency's own entries, and a center's line without contacts.</summary>
public static class ShowWaitlist
{
    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/waitlist/{id:guid}", Handle).AllowAnonymous().RequireRateLimiting("search");
        app.MapGet("/agency/waitlist", HandleAgency).RequireOrganisation("agency").RequireRateLimiting("search");
        app.MapGet("/clinic/waitlist", HandleClinic).RequireOrganisation("clinic").RequireRateLimiting("search");
    }

    /// <summary>Names are null once the entry is over: they are deleted then.</summary>
    public sealed record AgencyRow(WaitlistView Entry, string? GivenNames, string? FamilyName);

    public sealed record ClinicResponse(int Waiting, int Offered, List<OfferCount> Offers, List<ClinicRow> Entries);

    public sealed record OfferCount(Guid OfferId, Dictionary<string, string> ProcedureNames, int Waiting, int Offered);

    /// <summary>Initials and country only.</summary>
    public sealed record ClinicRow(
        Guid Id, Guid OfferId, string State, string? Initials, string? Country, bool ByAgency, DateOnly From, DateOnly To, int[] Weekdays, TimeOnly? Earliest,
        TimeOnly? Latest, int Lapses, DateTimeOffset? OfferedStart, DateTimeOffset? OfferedUntil, DateTimeOffset JoinedAt);

    private static async Task<Results<Ok<WaitlistView>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct) =>
        await WaitlistAccess.FindAsync(db, http, id, ct) is { } entry ? TypedResults.Ok(await WaitlistView.LoadAsync(db, entry.Id, ct)) : WaitlistAccess.Unknown();

    private static async Task<Ok<List<AgencyRow>>> HandleAgency(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var organisation = http.Caller().OrganisationId;
        var rows = organisation is null ? [] : await (
            from entry in db.WaitlistEntries.AsNoTracking()
            where entry.OrganisationId == organisation
            join person in db.WaitlistPeople on entry.Id equals person.EntryId into people
            from person in people.DefaultIfEmpty()
            orderby entry.Place descending
            select new { entry.Id, GivenNames = (string?)person.GivenNames, FamilyName = (string?)person.FamilyName }).Take(Most).ToListAsync(ct);
        var list = new List<AgencyRow>();
        foreach (var row in rows)
        {
            list.Add(new AgencyRow(await WaitlistView.LoadAsync(db, row.Id, ct), row.GivenNames, row.FamilyName));
        }

        return TypedResults.Ok(list);
    }

    private static async Task<Ok<ClinicResponse>> HandleClinic(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var live = db.WaitlistEntries.AsNoTracking()
            .Where(x => x.CenterId == center && (x.State == WaitlistEntry.Waiting || x.State == WaitlistEntry.Offered));
        var counts = await live.GroupBy(x => new { x.OfferId, x.State }).Select(x => new { x.Key.OfferId, x.Key.State, Count = x.Count() }).ToListAsync(ct);
        var offers = counts.Select(x => x.OfferId).Distinct().ToArray();
        var names = await db.OfferTerms.AsNoTracking().Where(x => offers.Contains(x.OfferId)).ToDictionaryAsync(x => x.OfferId, x => x.ProcedureNames, ct);
        var rows = await (
            from entry in live
            join person in db.WaitlistPeople on entry.Id equals person.EntryId into people
            from person in people.DefaultIfEmpty()
            join offer in db.WaitlistOffers.Where(x => x.State == WaitlistOffer.Live) on entry.Id equals offer.EntryId into made
            from offer in made.DefaultIfEmpty()
            join hold in db.Holds on offer.HoldId equals hold.Id into holds
            from hold in holds.DefaultIfEmpty()
            orderby entry.Place
            select new
            {
                entry,
                GivenNames = (string?)person.GivenNames,
                FamilyName = (string?)person.FamilyName,
                Country = person.Citizenship,
                Start = (DateTimeOffset?)hold.StartsAt,
                Until = (DateTimeOffset?)hold.ExpiresAt,
            }).Take(Most).ToListAsync(ct);
        return TypedResults.Ok(new ClinicResponse(
            Count(null, WaitlistEntry.Waiting),
            Count(null, WaitlistEntry.Offered),
            [.. offers.Select(x => new OfferCount(x, names.GetValueOrDefault(x) ?? [], Count(x, WaitlistEntry.Waiting), Count(x, WaitlistEntry.Offered)))],
            rows.ConvertAll(x => new ClinicRow(
                x.entry.Id, x.entry.OfferId, x.entry.State, Initials(x.GivenNames, x.FamilyName), x.Country, x.entry.OrganisationId is not null, x.entry.FromOn,
                x.entry.ToOn, x.entry.Weekdays, x.entry.Earliest, x.entry.Latest, x.entry.Lapses, x.Start, x.Until, x.entry.JoinedAt))));

        int Count(Guid? offer, string state) => counts.Where(x => x.State == state && (offer is null || x.OfferId == offer)).Sum(x => x.Count);
    }

    private static string? Initials(string? givenNames, string? familyName)
    {
        var parts = new[] { givenNames, familyName }.Where(x => !string.IsNullOrWhiteSpace(x)).Select(x => System.Globalization.StringInfo.GetNextTextElement(x!.Trim()) + ".");
        return string.Join(' ', parts) is { Length: > 0 } text ? text : null;
    }
}
