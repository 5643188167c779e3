using MassTransit;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.ICalendar;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Takes busy times from a calendar file. A file of the same name takes the place of the one before. Nothing of the file is kept but its busy times, so
/// a series is worked out for 180 days; the clinic uploads again before they end.
/// </summary>
public static class UploadCalendar
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/clinic/imports/file", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write")
            .Accepts<byte[]>("text/calendar").WithMetadata(new RequestSizeLimitAttribute(CalendarLimits.Octets));

    private static async Task<Results<Ok<ImportView>, ProblemHttpResult>> Handle(
        Guid resourceId, string? name, HttpContext http, BookingDb db, ImportAddresses addresses, IPublishEndpoint bus, CancellationToken ct)
    {
        if (await BlockTime.OwnAsync(db, http, resourceId, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        if ((name ?? "calendar.ics").Trim() is not { Length: > 0 and <= 120 } known)
        {
            return Problems.Fields(("name", "must be 1 to 120 characters"));
        }

        BusyCalendar busy;
        try
        {
            var octets = await CalendarSource.ReadAsync(http.Request.Body, ct);
            busy = BusyCalendar.Read(octets, TimeZoneInfo.FindSystemTimeZoneById(resource.TimeZone), await db.NowAsync(ct));
        }
        catch (CalendarRefusedException refused)
        {
            return KeepImports.Refusal("calendar-refused", refused);
        }

        var id = await db.InTransactionAsync(() => KeepAsync(db, bus, http, resourceId, known, busy, ct), ct);
        return id is null ? KeepImports.TooMany() : TypedResults.Ok((await ImportView.LoadAsync(db, addresses, resource.CenterId, null, id, ct)).Single());
    }

    private static async Task<Guid?> KeepAsync(
        BookingDb db, IPublishEndpoint bus, HttpContext http, Guid resourceId, string name, BusyCalendar busy, CancellationToken ct)
    {
        if (await KeepImports.AddAsync(db, null, http, resourceId, Import.OfFile, null, name, ct) is not { } import)
        {
            return null;
        }

        await db.Database.ExecuteSqlAsync($"UPDATE imports SET state = 'read' WHERE id = {import.Id}", ct);
        await ReadImports.FoundAsync(db, bus, import, busy, ct);
        return import.Id;
    }
}
