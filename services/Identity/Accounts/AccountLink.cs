using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MedTourism.Contracts.Identity;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>An e-mailed link. It works once and only the hash of its token is stored.</summary>
public sealed class AccountLink
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    public Guid Id { get; init; }

    public required byte[] TokenHash { get; init; }

    public required string Purpose { get; init; }

    public required string Email { get; init; }

    public required string Culture { get; init; }

    public Guid? AccountId { get; init; }

    public Guid? OrganisationId { get; init; }

    public string[] Roles { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>Makes links and spends them.</summary>
public sealed class Links(IdentityDb db, IPublishEndpoint bus, TimeProvider clock, IConfiguration configuration)
{
    private const int MostPerAddress = 4; // in fifteen minutes; more is somebody else's mailbox being filled

    /// <summary>Stores a link and asks Notifications to send it. Call it inside a transaction. Returns the address, for the first operator only.</summary>
    public async Task<string?> SendAsync(
        string purpose, string email, string culture, Guid? accountId, CancellationToken ct, Organisations.Organisation? organisation = null, string[]? roles = null)
    {
        var recent = await db.Database.SqlQuery<int>(
            $"""SELECT count(*)::int AS "Value" FROM account_links WHERE upper(email) = upper({email}) AND created_at > now() - interval '15 minutes'""").SingleAsync(ct);
        if (recent >= MostPerAddress && purpose != "invitation")
        {
            return null;
        }

        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var lifetime = purpose == "invitation" ? AccountLink.InvitationLifetime : AccountLink.Lifetime;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO account_links (id, token_hash, purpose, email, culture, account_id, organisation_id, roles, expires_at)
            VALUES ({Guid.CreateVersion7()}, {Hash(token)}, {purpose}, {email}, {culture}, {accountId}, {organisation?.Id}, {roles ?? []}, now() + {lifetime})
            """,
            ct);
        var address = $"{configuration.Required("Identity:PublicUrl").TrimEnd('/')}/link?token={token}&lang={culture}";
        await bus.Publish(new AccountLinkRequested(email, purpose, address, culture, organisation?.Name, clock.GetUtcNow() + lifetime), ct);
        return address;
    }

    /// <summary>Invites by letter. An earlier invitation ends, so that roles taken back before it was accepted stay taken back. Call it under the lock of the organisation.</summary>
    public async Task<string?> InviteAsync(Organisations.Organisation organisation, string email, string culture, string[] roles, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"UPDATE account_links SET used_at = now() WHERE organisation_id = {organisation.Id} AND upper(email) = upper({email}) AND used_at IS NULL", ct);
        return await SendAsync("invitation", email, culture, null, ct, organisation, roles);
    }

    public async Task<AccountLink?> FindAsync(string token, CancellationToken ct)
    {
        var hash = Hash(token);
        return (await db.AccountLinks.FromSql(
            $"SELECT * FROM account_links WHERE token_hash = {hash} AND used_at IS NULL AND expires_at > now()").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
    }

    /// <summary>One statement decides: a link used twice, even at the same time, works once.</summary>
    public async Task<AccountLink?> SpendAsync(string token, CancellationToken ct)
    {
        var hash = Hash(token);
        return (await db.AccountLinks.FromSql(
            $"UPDATE account_links SET used_at = now() WHERE token_hash = {hash} AND used_at IS NULL AND expires_at > now() RETURNING *").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
    }

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
