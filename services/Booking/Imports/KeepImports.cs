using MassTransit;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.ICalendar;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Imports;

/// <summary>A clinic names the calendars of its other system, sees how they are read, and takes them back.</summary>
public static class KeepImports
{
    public const int MostPerResource = 10;
    private const int PauseSeconds = 60;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/clinic/imports", HandleList).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapGet("/clinic/imports/{id:guid}", HandleShow).RequireOrganisation("clinic").RequireRateLimiting("search");
        app.MapPost("/clinic/imports", Handle).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write").Idempotent<BookingDb>();
        app.MapPost("/clinic/imports/{id:guid}/read", HandleReadAgain).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
        app.MapDelete("/clinic/imports/{id:guid}", HandleRemove).RequireOrganisation("clinic", "admin", "scheduler").RequireRateLimiting("write");
    }

    public sealed record Request(Guid ResourceId, string? Url, string? Name);

    private static async Task<Ok<List<ImportView>>> HandleList(Guid? resourceId, HttpContext http, BookingDb db, ImportAddresses addresses, CancellationToken ct) =>
        TypedResults.Ok(await ImportView.LoadAsync(db, addresses, Center(http), resourceId, null, ct));

    private static async Task<Results<Ok<ImportView>, ProblemHttpResult>> HandleShow(
        Guid id, HttpContext http, BookingDb db, ImportAddresses addresses, CancellationToken ct) =>
        await ImportView.LoadAsync(db, addresses, Center(http), null, id, ct) is [var import] ? TypedResults.Ok(import) : Unknown();

    private static async Task<Results<Created<ImportView>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BookingDb db, CalendarSource source, ImportAddresses addresses, ReadImports.Signal signal, CancellationToken ct)
    {
        if (await BlockTime.OwnAsync(db, http, request.ResourceId, ct) is not { } resource)
        {
            return Problems.NotFound("resource-unknown", "Your center has no such resource.");
        }

        Uri url;
        try
        {
            url = source.Check(request.Url);
            await RefusePrivateAsync(source, url, ct);
        }
        catch (CalendarRefusedException refused)
        {
            return Refusal("import-url-refused", refused);
        }

        var name = request.Name?.Trim() is { Length: > 0 and <= 120 } given ? given : url.Host;
        var import = await AddAsync(db, addresses, http, resource.Id, Import.OfUrl, url.AbsoluteUri, name, ct);
        if (import is null)
        {
            return TooMany();
        }

        signal.Set();
        return TypedResults.Created($"/clinic/imports/{import.Id}", (await ImportView.LoadAsync(db, addresses, resource.CenterId, null, import.Id, ct)).Single());
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> HandleReadAgain(
        Guid id, HttpContext http, BookingDb db, ReadImports.Signal signal, CancellationToken ct)
    {
        var center = Center(http);
        var import = await db.Imports.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.CenterId == center && x.Kind == Import.OfUrl, ct);
        if (import is null)
        {
            return Unknown();
        }

        // Ours is not the only system that asks that server.
        var due = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE imports SET next_read_at = now()
            WHERE id = {id} AND center_id = {center} AND paused_at IS NULL AND (last_tried_at IS NULL OR last_tried_at <= now() - make_interval(secs => {PauseSeconds}))
            """,
            ct);
        if (due == 0)
        {
            return Problems.Conflict(
                "import-read-recently", "This calendar was read less than a minute ago.", new() { ["limit"] = PauseSeconds, ["lastTriedAt"] = import.LastTriedAt });
        }

        signal.Set();
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleRemove(
        Guid id, HttpContext http, BookingDb db, IPublishEndpoint bus, CancellationToken ct)
    {
        var center = Center(http);
        var removed = await db.InTransactionAsync(
            async () =>
            {
                var import = (await db.Imports.FromSql($"SELECT * FROM imports WHERE id = {id} AND center_id = {center} FOR UPDATE").AsNoTracking().ToListAsync(ct))
                    .SingleOrDefault();
                if (import is not null)
                {
                    await KeepImportedTimes.RemoveAsync(db, bus, import, ct);
                }

                return import is not null;
            },
            ct);
        return removed ? TypedResults.NoContent() : Unknown();
    }

    /// <summary>The import of this address or file name, new or known; null if the resource has too many. Run it in a transaction.</summary>
    public static async Task<Import?> AddAsync(
        BookingDb db, ImportAddresses? addresses, HttpContext http, Guid resourceId, string kind, string? url, string name, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var (caller, id) = (http.Caller(), Guid.CreateVersion7());
        var (stored, hash) = url is null ? (null, null) : (addresses!.Seal(id, url), addresses.Known(url));

        // Two at once take turns, so that neither counts past the other. It does not keep anyone from taking time of the resource.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM resources WHERE id = {resourceId} FOR NO KEY UPDATE", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO imports (id, resource_id, center_id, kind, url, url_hash, name, state, next_read_at, created_by)
            SELECT {id}, {resourceId}, {caller.OrganisationRef}, {kind}, {stored}, {hash}, {name}, 'waiting',
                   CASE {kind} WHEN 'url' THEN now() END, {caller.Subject ?? caller.ClientId}
            WHERE (SELECT count(*) FROM imports WHERE resource_id = {resourceId}) < {MostPerResource}
            ON CONFLICT DO NOTHING
            """,
            ct);
        return await db.Imports.AsNoTracking()
            .SingleOrDefaultAsync(x => x.ResourceId == resourceId && x.Kind == kind && (kind == Import.OfUrl ? x.UrlHash == hash : x.Name == name), ct);
    }

    /// <summary>A refused address or file, with the stable code of what is wrong with it.</summary>
    public static ProblemHttpResult Refusal(string slug, CalendarRefusedException refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        return Problems.Invalid(slug, refused.Message, new() { ["code"] = refused.Code, ["limit"] = refused.Limit });
    }

    public static ProblemHttpResult TooMany() => Problems.Conflict(
        "too-many-imports", $"A resource can have {MostPerResource} imported calendars. Remove one first.", new() { ["limit"] = MostPerResource });

    private static string Center(HttpContext http) => http.Caller().OrganisationRef ?? string.Empty;

    public static ProblemHttpResult Unknown() => Problems.NotFound("import-unknown", "Your center has no such imported calendar.");

    /// <summary>Tells at once what every reading would refuse. A host that does not answer now may later.</summary>
    private static async Task RefusePrivateAsync(CalendarSource source, Uri url, CancellationToken ct)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(TimeSpan.FromSeconds(3));
            await source.ResolveAsync(url.IdnHost, patience.Token);
        }
        catch (CalendarRefusedException refused) when (refused.Code == "host-unknown")
        {
            // The reader says so in the import's state.
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Likewise.
        }
    }
}
