using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>Who may administer an organisation: its own administrators, as the database knows them now and not as an older token says.</summary>
internal static class Administration
{
    /// <summary>
    /// The organisation, locked until the transaction ends so that changes of its members follow one another; null if the caller does not
    /// administer it, which looks the same as if it did not exist.
    /// </summary>
    public static async Task<(Organisation Organisation, Guid Actor)?> LockAsync(IdentityDb db, HttpContext http, Guid organisationId, CancellationToken ct)
    {
        var caller = http.Caller();
        if (caller.OrganisationId != organisationId || !Guid.TryParse(caller.Subject, out var actor))
        {
            return null;
        }

        return await LockAsync(db, organisationId, ct) is { } organisation && await IsAdminAsync(db, organisation, actor, ct) ? (organisation, actor) : null;
    }

    /// <summary>For those who change an organisation's people without administering it; null if there is none.</summary>
    public static async Task<Organisation?> LockAsync(IdentityDb db, Guid organisationId, CancellationToken ct) =>
        (await db.Organisations.FromSql($"SELECT * FROM organisations WHERE id = {organisationId} FOR UPDATE").AsNoTracking().ToListAsync(ct)).SingleOrDefault();

    public static Task<bool> IsAdminAsync(IdentityDb db, Organisation organisation, Guid account, CancellationToken ct) =>
        db.Memberships.AnyAsync(m => m.OrganisationId == organisation.Id && m.AccountId == account && m.Roles.Contains(organisation.AdminRole), ct);

    public static Task<bool> AnotherAdminAsync(IdentityDb db, Organisation organisation, Guid besides, CancellationToken ct) =>
        db.Memberships.AnyAsync(m => m.OrganisationId == organisation.Id && m.AccountId != besides && m.Roles.Contains(organisation.AdminRole), ct);

    public static Task<bool> AnyAdminAsync(IdentityDb db, Organisation organisation, CancellationToken ct) => AnotherAdminAsync(db, organisation, Guid.Empty, ct);

    public static Task<bool> IsMemberAsync(IdentityDb db, Guid organisationId, string email, CancellationToken ct)
    {
        var normalized = email.ToUpperInvariant();
        return db.Memberships.AnyAsync(m => m.OrganisationId == organisationId && db.Users.Any(account => account.Id == m.AccountId && account.NormalizedEmail == normalized), ct);
    }

    public static IResult Unknown() => Problems.NotFound("organisation-unknown", "There is no such organisation that you administer.");

    public static IResult InvitationUnknown() => Problems.NotFound("invitation-unknown", "This invitation was accepted, replaced or taken back.");

    public static IResult LastAdmin() => Problems.Conflict("last-administrator", "An organisation keeps at least one administrator. Name another one first.");
}
