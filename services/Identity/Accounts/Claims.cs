using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>Tells the protocol engine, before each token, who a person is and what they may do now in the organisation they signed in for.</summary>
public static class Claims
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/internal/claims", HandleAsync).AllowAnonymous().ExcludeFromDescription();

    public sealed record Person(string Email, string? Name, string Culture, OrganisationClaims? Organisation, string? OrganisationName);

    public sealed record OrganisationClaims(
        Guid Org,
        [property: JsonPropertyName("org_kind")] string OrgKind,
        [property: JsonPropertyName("org_ref"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OrgRef,
        string[] Role);

    private static async Task<IResult> HandleAsync(
        Guid account, Guid? organisation, HttpRequest request, IdentityDb db, IConfiguration configuration, CancellationToken ct)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {configuration.Required("Identity:EngineSecret")}"));
        if (!CryptographicOperations.FixedTimeEquals(expected, SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()))))
        {
            return TypedResults.Unauthorized();
        }

        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == account, ct) is not { } person)
        {
            return TypedResults.NotFound();
        }

        if (organisation is null)
        {
            return TypedResults.Ok(new Person(person.Email!, person.Name, person.Culture, null, null));
        }

        var membership = await db.Memberships.AsNoTracking().Include(m => m.Organisation)
            .SingleOrDefaultAsync(m => m.AccountId == account && m.OrganisationId == organisation, ct);
        return membership?.Organisation is { } acted
            ? TypedResults.Ok(new Person(
                person.Email!, person.Name, person.Culture, new OrganisationClaims(acted.Id, acted.Kind, acted.ExternalRef, membership.Roles), acted.Name))
            : TypedResults.NotFound();
    }
}
