using MedTourism.Referral.Agencies;
using MedTourism.Referral.Agreements;
using MedTourism.Referral.Links;
using MedTourism.Referral.Referrals;
using MedTourism.Referral.Visits;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral;

public sealed class ReferralDb(DbContextOptions<ReferralDb> options) : DbContext(options)
{
    public DbSet<Agency> Agencies => Set<Agency>();

    public DbSet<Agreement> Agreements => Set<Agreement>();

    public DbSet<ReferralLink> Links => Set<ReferralLink>();

    public DbSet<DayOfVisits> Visits => Set<DayOfVisits>();

    public DbSet<BookingFact> BookingFacts => Set<BookingFact>();

    public DbSet<ReferralRecord> Referrals => Set<ReferralRecord>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<Agency>().Property(agency => agency.Id).ValueGeneratedNever();
        modelBuilder.Entity<Agreement>().Property(agreement => agreement.Percent).HasColumnType("numeric(5,2)");
        modelBuilder.Entity<Agreement>().Property(agreement => agreement.Id).ValueGeneratedNever();
        modelBuilder.Entity<ReferralLink>().Property(link => link.Id).ValueGeneratedNever();
        modelBuilder.Entity<DayOfVisits>().HasKey(visits => new { visits.LinkId, visits.Day });
        modelBuilder.Entity<BookingFact>().HasKey(fact => fact.BookingId);
        modelBuilder.Entity<BookingFact>().Property(fact => fact.BookingId).ValueGeneratedNever();
        modelBuilder.Entity<ReferralRecord>().HasKey(referral => referral.BookingId);
        modelBuilder.Entity<ReferralRecord>().Property(referral => referral.BookingId).ValueGeneratedNever();
        modelBuilder.Entity<ReferralRecord>().Property(referral => referral.Percent).HasColumnType("numeric(5,2)");
        modelBuilder.UseSnakeCase();
    }
}
