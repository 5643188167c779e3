using MedTourism.Identity.Accounts;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Organisations;
using MedTourism.Identity.SignIns;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity;

public sealed class IdentityDb(DbContextOptions<IdentityDb> options) : IdentityUserContext<Account, Guid>(options)
{
    public DbSet<Organisation> Organisations => Set<Organisation>();

    public DbSet<Membership> Memberships => Set<Membership>();

    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    public DbSet<SignIn> SignIns => Set<SignIn>();

    public DbSet<DemoAccount> DemoAccounts => Set<DemoAccount>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        base.OnModelCreating(builder);
        builder.Entity<Account>(account =>
        {
            account.ToTable("accounts");
            foreach (var text in new[] { nameof(Account.Email), nameof(Account.NormalizedEmail), nameof(Account.UserName), nameof(Account.NormalizedUserName) })
            {
                account.Property(text).HasColumnType("text").IsRequired().Metadata.SetMaxLength(null);
            }
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("account_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("account_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("account_tokens");
        builder.Entity<Membership>().HasKey(membership => new { membership.OrganisationId, membership.AccountId });
        builder.Entity<DemoAccount>().HasKey(demo => demo.AccountId);
        builder.UseSnakeCase();
    }
}
