using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>
/// Five tries, then fifteen minutes of rest. A try is taken before the secret is looked at, in one statement, so that a hundred guesses
/// sent at the same time are still five.
/// </summary>
public static class Tries
{
    public const int Limit = 5;

    /// <summary>False if the account is locked. The fifth try locks; being right unlocks again.</summary>
    public static async Task<bool> TakeAsync(IdentityDb db, Guid accountId, CancellationToken ct)
    {
        var taken = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE accounts SET
                access_failed_count = CASE WHEN lockout_end <= now() THEN 1 ELSE access_failed_count + 1 END,
                lockout_end = CASE WHEN lockout_end IS NULL AND access_failed_count + 1 >= {Limit} THEN now() + interval '15 minutes' END
            WHERE id = {accountId} AND (lockout_end IS NULL OR lockout_end <= now())
            """,
            ct);
        return taken == 1;
    }

    /// <summary>This try was right, but more is asked for: only the sign-in as a whole forgives the wrong ones before it.</summary>
    public static Task GiveBackAsync(IdentityDb db, Guid accountId, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"UPDATE accounts SET access_failed_count = greatest(access_failed_count - 1, 0), lockout_end = NULL WHERE id = {accountId} AND access_failed_count <= {Limit}",
        ct);

    public static Task ForgiveAsync(IdentityDb db, Guid accountId, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"UPDATE accounts SET access_failed_count = 0, lockout_end = NULL WHERE id = {accountId}",
        ct);

    /// <summary>Records a wrong secret, and the lock if this was the last try.</summary>
    public static async Task AuditWrongAsync(IdentityDb db, Guid accountId, string factor, CancellationToken ct)
    {
        await db.AuditAsync("sign-in-failed", accountId, ct, detail: factor);
        if (await db.Users.AnyAsync(account => account.Id == accountId && account.LockoutEnd != null, ct))
        {
            await db.AuditAsync("locked-out", accountId, ct, detail: factor);
        }
    }
}
