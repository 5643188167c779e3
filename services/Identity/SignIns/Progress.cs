using MedTourism.Identity.Accounts;
using MedTourism.Identity.Bridge;
using MedTourism.Identity.Organisations;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>Decides what a sign-in still needs: a second factor for staff, a choice of organisation, or nothing more.</summary>
public sealed class Progress(IdentityDb db, EngineBridge engine, Visits visits)
{
    public const string Expired = "/signin/expired";

    /// <summary>Where the browser goes next: another page of ours or back to the engine.</summary>
    public async Task<string> NextAsync(SignIn visit, CancellationToken ct)
    {
        var uid = Uri.EscapeDataString(visit.Uid!);
        var memberships = await MembershipsAsync(visit, ct);
        switch (await FactorAsync(visit, memberships.Count > 0, ct))
        {
            case Missing.Code: return $"/signin/code?uid={uid}";
            case Missing.Enrolment: return $"/signin/second-factor?uid={uid}";
            case Missing.Password: return $"/signin?uid={uid}&notice=password";
        }

        return memberships.Count > 1
            ? $"/signin/organisation?uid={uid}"
            : await FinishAsync(visit, memberships.FirstOrDefault(), ct);
    }

    /// <summary>Ends the sign-in for an organisation, or for the person alone. Checks again what <see cref="NextAsync"/> checks.</summary>
    public async Task<string> FinishAsync(SignIn visit, Membership? membership, CancellationToken ct)
    {
        var staff = await db.Memberships.AnyAsync(m => m.AccountId == visit.AccountId, ct);
        if (visit.AccountId is not { } account || await FactorAsync(visit, staff, ct) != Missing.Nothing)
        {
            return Expired;
        }

        if (await engine.AcceptAsync(visit.Uid!, account, membership?.OrganisationId, visit.Methods, ct) is not { } target)
        {
            return Expired;
        }

        await db.InTransactionAsync(
            async () =>
            {
                await visits.FinishAsync(visit.Id, ct);
                await Tries.ForgiveAsync(db, account, ct);
                await db.AuditAsync("signed-in", account, ct, organisationId: membership?.OrganisationId, detail: string.Join(' ', visit.Methods));
            },
            ct);
        return target;
    }

    public async Task<bool> NeedsPasswordAsync(SignIn visit, CancellationToken ct) =>
        await FactorAsync(visit, (await MembershipsAsync(visit, ct)).Count > 0, ct) == Missing.Password;

    public Task<List<Membership>> MembershipsAsync(SignIn visit, CancellationToken ct) => db.Memberships.AsNoTracking()
        .Include(membership => membership.Organisation)
        .Where(membership => membership.AccountId == visit.AccountId)
        .OrderBy(membership => membership.Organisation!.Name)
        .ToListAsync(ct);

    private async Task<Missing> FactorAsync(SignIn visit, bool staff, CancellationToken ct)
    {
        var enrolled = await db.Users.AnyAsync(account => account.Id == visit.AccountId && account.TwoFactorEnabled, ct);
        if ((!staff && !enrolled) || visit.Methods.Contains("otp"))
        {
            return Missing.Nothing;
        }

        // Without a password a mailbox alone would decide which phone becomes the second factor.
        return enrolled ? Missing.Code : visit.Methods.Contains("pwd") ? Missing.Enrolment : Missing.Password;
    }

    private enum Missing
    {
        Nothing,
        Code,
        Enrolment,
        Password,
    }
}
