using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>The operator admits a clinic or an agency and invites its first administrator.</summary>
public static class CreateOrganisation
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/organisations", HandleAsync).RequireOrganisation("operator").RequireRateLimiting("write").Idempotent<IdentityDb>();

    private const int LongestName = 120;

    public sealed record Request(string Kind, string? Name, string? ExternalRef, string? AdminEmail, string? Culture);

    public sealed record Response(Guid Id);

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, IdentityDb db, Links links, IPublishEndpoint bus, TimeProvider clock, CancellationToken ct)
    {
        var (name, externalRef, address) = (request.Name?.Trim() ?? "", request.ExternalRef is { Length: > 0 } given ? given : null, Addresses.Read(request.AdminEmail));
        (bool Wrong, string Field, string Message)[] rules =
        [
            (request.Kind is not ("clinic" or "agency"), "kind", "must be clinic or agency"),
            (name.Length is 0 or > LongestName, "name", $"must have 1 to {LongestName} characters"),
            ((request.Kind == "clinic") != externalRef is not null, "externalRef", "is the center of a clinic, and of nothing else"),
            (address is null, "adminEmail", "must be an e-mail address"),
        ];
        if (rules.Any(rule => rule.Wrong))
        {
            return Problems.Fields([.. rules.Where(rule => rule.Wrong).Select(rule => (rule.Field, rule.Message))]);
        }

        return await db.InTransactionAsync<IResult>(
            async () =>
            {
                var actor = Guid.TryParse(http.Caller().Subject, out var subject) ? subject : (Guid?)null;
                var organisation = await AddAsync(db, bus, Guid.CreateVersion7(), request.Kind, name, externalRef, demo: false, clock.GetUtcNow(), ct);
                if (organisation is null)
                {
                    return Problems.Conflict("center-taken", "This center already has an organisation.");
                }

                await links.InviteAsync(organisation, address!, Texts.Known(request.Culture) ?? "en", [organisation.AdminRole], ct);
                await db.AuditAsync("organisation-created", null, ct, actor, organisation.Id, request.Kind);
                await db.SaveChangesAsync(ct);
                return TypedResults.Created($"/organisations/{organisation.Id}/members", new Response(organisation.Id));
            },
            ct);
    }

    /// <summary>Null if it is there already.</summary>
    internal static async Task<Organisation?> AddAsync(
        IdentityDb db, IPublishEndpoint bus, Guid id, string kind, string name, string? externalRef, bool demo, DateTimeOffset now, CancellationToken ct)
    {
        var added = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO organisations (id, kind, name, external_ref, demo) VALUES ({id}, {kind}, {name}, {externalRef}, {demo}) ON CONFLICT DO NOTHING", ct);
        if (added == 0)
        {
            return null;
        }

        await bus.PublishFor(id, new OrganisationCreated(id, kind, name, externalRef, demo, now), ct);
        return new Organisation { Id = id, Kind = kind, Name = name, ExternalRef = externalRef, Demo = demo };
    }
}
