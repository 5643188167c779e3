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

        var organisation = (await db.Organisations.FromSql($"SELECT * FROM organisations WHERE id = {organisationId} FOR UPDATE").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
        return organisation is not null && await IsAdminAsync(db, organisation, actor, ct) ? (organisation, actor) : null;
    }

    public static Task<bool> IsAdminAsync(IdentityDb db, Organisation organisation, Guid account, CancellationToken ct) =>
        db.Memberships.AnyAsync(m => m.OrganisationId == organisation.Id && m.AccountId == account && m.Roles.Contains(organisation.AdminRole), ct);

    public static Task<bool> AnotherAdminAsync(IdentityDb db, Organisation organisation, Guid besides, CancellationToken ct) =>
        db.Memberships.AnyAsync(m => m.OrganisationId == organisation.Id && m.AccountId != besides && m.Roles.Contains(organisation.AdminRole), ct);

    public static IResult Unknown() => Problems.NotFound("organisation-unknown", "There is no such organisation that you administer.");

    public static IResult LastAdmin() => Problems.Conflict("last-administrator", "An organisation keeps at least one administrator. Name another one first.");
}
