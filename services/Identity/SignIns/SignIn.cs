using System.Security.Cryptography;
using MedTourism.Identity.Accounts;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>One visit of the sign-in pages: an interaction of the engine, bound to the browser that opened it, and what was proven so far.</summary>
public sealed class SignIn
{
    public Guid Id { get; init; }

    /// <summary>The engine's interaction; null for an e-mailed link opened in a browser that was not signing in.</summary>
    public string? Uid { get; init; }

    public required byte[] BrowserHash { get; init; }

    public string? ClientName { get; init; }

    public Guid? AccountId { get; init; }

    /// <summary>RFC 8176 method names: <c>pwd</c>, <c>email</c>, <c>otp</c>.</summary>
    public string[] Methods { get; init; } = [];

    /// <summary>The second factor being set up in this visit. Kept here and not at the account, so that only who finishes knows it.</summary>
    public string? PendingSecret { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>
/// The sign-ins of this browser. The first browser that opens an interaction owns it, so a leaked address cannot be used to sign somebody
/// else in as oneself; after fifteen minutes, by the database clock, it is void.
/// </summary>
public sealed class Visits(IdentityDb db, IHttpContextAccessor accessor)
{
    private HttpContext Http => accessor.HttpContext!;

    private string CookieName => Http.Request.IsHttps ? "__Host-accounts_signin" : "accounts_signin";

    public async Task<SignIn?> OpenAsync(string uid, string clientName, CancellationToken ct)
    {
        var browser = BrowserHash(create: true)!;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO sign_ins (id, uid, browser_hash, client_name) VALUES ({Guid.CreateVersion7()}, {uid}, {browser}, {clientName}) ON CONFLICT (uid) DO NOTHING", ct);
        if (await FindAsync(uid, ct) is not { } signIn)
        {
            return null;
        }

        // A link opened in this browser a moment ago already proved who this is.
        var proven = await db.SignIns.FromSql(
            $"""
            DELETE FROM sign_ins
            WHERE browser_hash = {browser} AND uid IS NULL AND account_id IS NOT NULL AND finished_at IS NULL AND created_at > now() - interval '15 minutes'
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (signIn.AccountId is null && proven.LastOrDefault() is { AccountId: { } account } earlier)
        {
            await ProveAsync(signIn.Id, account, earlier.Methods, ct);
            return await FindAsync(uid, ct);
        }

        return signIn;
    }

    public async Task<SignIn?> FindAsync(string? uid, CancellationToken ct) =>
        uid is not null && BrowserHash(create: false) is { } browser
            ? (await db.SignIns.FromSql(
                $"""
                SELECT * FROM sign_ins
                WHERE uid = {uid} AND browser_hash = {browser} AND finished_at IS NULL AND created_at > now() - interval '15 minutes'
                """).AsNoTracking().ToListAsync(ct)).SingleOrDefault()
            : null;

    /// <summary>The newest sign-in this browser is in the middle of.</summary>
    public async Task<SignIn?> CurrentAsync(CancellationToken ct) =>
        BrowserHash(create: false) is { } browser
            ? (await db.SignIns.FromSql(
                $"""
                SELECT * FROM sign_ins
                WHERE uid IS NOT NULL AND browser_hash = {browser} AND finished_at IS NULL AND created_at > now() - interval '15 minutes'
                ORDER BY created_at DESC LIMIT 1
                """).AsNoTracking().ToListAsync(ct)).SingleOrDefault()
            : null;

    /// <summary>Who completed a sign-in, or proved their address by a link, in this browser within fifteen minutes.</summary>
    public async Task<SignIn?> FreshAsync(CancellationToken ct) =>
        BrowserHash(create: false) is { } browser
            ? (await db.SignIns.FromSql(
                $"""
                SELECT * FROM sign_ins
                WHERE account_id IS NOT NULL AND browser_hash = {browser} AND (uid IS NULL OR finished_at IS NOT NULL) AND created_at > now() - interval '15 minutes'
                ORDER BY created_at DESC LIMIT 1
                """).AsNoTracking().ToListAsync(ct)).SingleOrDefault()
            : null;

    /// <summary>Remembers a first factor. Another account than before starts again from nothing.</summary>
    public Task ProveAsync(Guid signInId, Guid accountId, string[] methods, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE sign_ins SET account_id = {accountId},
            methods = CASE WHEN account_id = {accountId} THEN ARRAY(SELECT DISTINCT unnest(methods || {methods}) ORDER BY 1) ELSE {methods} END
        WHERE id = {signInId} AND finished_at IS NULL AND created_at > now() - interval '15 minutes'
        """,
        ct);

    /// <summary>For a link opened where no sign-in is under way: the next one of this browser finds it.</summary>
    public async Task RememberAsync(Guid accountId, string[] methods, CancellationToken ct)
    {
        var browser = BrowserHash(create: true)!;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO sign_ins (id, browser_hash, account_id, methods) VALUES ({Guid.CreateVersion7()}, {browser}, {accountId}, {methods})", ct);
    }

    public async Task<bool> FinishAsync(Guid signInId, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync($"UPDATE sign_ins SET finished_at = now() WHERE id = {signInId} AND finished_at IS NULL", ct) == 1;

    private byte[]? BrowserHash(bool create)
    {
        if (Http.Items[CookieName] is string known || (Http.Request.Cookies.TryGetValue(CookieName, out known!) && known.Length == 43))
        {
            return Links.Hash(known);
        }

        if (!create)
        {
            return null;
        }

        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        Http.Items[CookieName] = token;
        Http.Response.Cookies.Append(CookieName, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = Http.Request.IsHttps,
            Path = "/",
            IsEssential = true,
        });
        return Links.Hash(token);
    }
}
