using MassTransit;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>A center's own rooms, chairs and doctors; machines come from the catalogue.</summary>
public static class KeepResources
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/resources", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPost("/clinic/resources", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
    }

    public sealed record Request(string? Kind, string? Name, int SlotMinutes);

    public sealed record Response(Guid Id, string Kind, string Name, int Lane, string TimeZone, string Status, int SlotMinutes, bool Demo, List<Hours> Hours);

    public sealed record Hours(int Weekday, TimeOnly From, TimeOnly To, DateOnly? ValidFrom, DateOnly? ValidTo, string? Note);

    private static async Task<Ok<List<Response>>> HandleList(HttpContext http, BookingDb db, CancellationToken ct)
    {
        var center = http.Caller().OrganisationRef ?? string.Empty;
        var resources = await db.Resources.AsNoTracking().Where(x => x.CenterId == center).OrderBy(x => x.Kind).ThenBy(x => x.Name).ToListAsync(ct);
        var ids = resources.Select(x => x.Id).ToArray();
        var hours = (await db.WeeklyHours.AsNoTracking().Where(x => ids.Contains(x.ResourceId)).ToListAsync(ct)).ToLookup(x => x.ResourceId);
        return TypedResults.Ok(resources.ConvertAll(x => Describe(x, hours[x.Id])));
    }

    private static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        if (request is not { Kind: { Length: > 0 and <= 60 } kind, Name: { Length: > 0 and <= 120 } name, SlotMinutes: >= 5 and <= 1440 })
        {
            return Problems.Fields(("kind", "must be 1 to 60 characters"), ("name", "must be 1 to 120 characters"), ("slotMinutes", "must be 5 to 1440"));
        }

        var center = http.Caller().OrganisationRef ?? string.Empty;
        var zone = await db.Resources.AsNoTracking().Where(x => x.CenterId == center).Select(x => x.TimeZone).FirstOrDefaultAsync(ct)
            ?? await db.OfferTerms.AsNoTracking().Where(x => x.CenterId == center).Select(x => x.TimeZone).FirstOrDefaultAsync(ct);
        if (zone is null)
        {
            return Problems.Conflict("center-unknown", "The catalogue has not told us of this center yet.");
        }

        var resource = new Resource
        {
            Id = Guid.CreateVersion7(),
            CenterId = center,
            Kind = kind,
            Name = name,
            TimeZone = zone,
            Status = Resource.Open,
            SlotMinutes = request.SlotMinutes,
        };
        db.Resources.Add(resource);
        await db.SaveChangesAsync(ct);
        await DefaultHours.AddIfNoneAsync(db, resource.Id, ct);
        await ChangedAsync(db, bus, resource, ct);
        var hours = await db.WeeklyHours.AsNoTracking().Where(x => x.ResourceId == resource.Id).ToListAsync(ct);
        return TypedResults.Created($"/clinic/resources/{resource.Id}", Describe(resource, hours));
    }

    /// <summary>Says that any day from now on may be different, and offers what was opened to who waits.</summary>
    public static async Task ChangedAsync(BookingDb db, IPublishEndpoint bus, Resource resource, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var now = await db.NowAsync(ct);
        await BlockTime.ChangedAsync(db, bus, resource, new Interval(now, now + FindStarts.Horizon), ct);
        await FreedTime.NoteAsync(db, bus, resource.CenterId, [new Interval(now, now + FindStarts.Horizon)], ct);
    }

    public static Response Describe(Resource resource, IEnumerable<WeeklyHours> hours)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new Response(
            resource.Id, resource.Kind, resource.Name, resource.Lane, resource.TimeZone, resource.Status, resource.SlotMinutes, resource.Demo,
            [.. hours.OrderBy(x => x.Weekday).ThenBy(x => x.FromLocal).Select(x => new Hours(x.Weekday, x.FromLocal, x.ToLocal, x.ValidFrom, x.ValidTo, x.Note))]);
    }
}
