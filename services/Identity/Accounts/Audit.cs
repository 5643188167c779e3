using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Accounts;

/// <summary>A line of the audit trail. The database refuses to change or delete one.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    public required string Kind { get; init; }

    public Guid? AccountId { get; init; }

    public Guid? ActorId { get; init; }

    public Guid? OrganisationId { get; init; }

    public string? Detail { get; init; }
}

public static class AuditTrail
{
    /// <summary>Writes in the transaction that is open, so that what happened and its record commit together.</summary>
    public static Task AuditAsync(
        this IdentityDb db, string kind, Guid? accountId, CancellationToken ct, Guid? actorId = null, Guid? organisationId = null, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.Database.ExecuteSqlAsync(
            $"INSERT INTO audit (kind, account_id, actor_id, organisation_id, detail) VALUES ({kind}, {accountId}, {actorId}, {organisationId}, {detail})",
            ct);
    }
}
