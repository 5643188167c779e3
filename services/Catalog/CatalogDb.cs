using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Seeding;
using MedTourism.Catalog.Texts;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Catalog;

/// <summary>The catalogue's tables. The search table and its words are SQL's own and not mapped.</summary>
public sealed class CatalogDb(DbContextOptions<CatalogDb> options) : DbContext(options)
{
    public DbSet<Source> Sources => Set<Source>();

    public DbSet<City> Cities => Set<City>();

    public DbSet<ServiceLine> ServiceLines => Set<ServiceLine>();

    public DbSet<Center> Centers => Set<Center>();

    public DbSet<Machine> Equipment => Set<Machine>();

    public DbSet<Procedure> Procedures => Set<Procedure>();

    public DbSet<Pattern> Patterns => Set<Pattern>();

    public DbSet<Document> Documents => Set<Document>();

    public DbSet<DocumentBundle> DocumentBundles => Set<DocumentBundle>();

    public DbSet<PreparationStep> PreparationSteps => Set<PreparationStep>();

    public DbSet<ScreeningQuestion> ScreeningQuestions => Set<ScreeningQuestion>();

    public DbSet<VisaRegime> VisaRegimes => Set<VisaRegime>();

    public DbSet<Country> Countries => Set<Country>();

    public DbSet<Language> Languages => Set<Language>();

    public DbSet<Holiday> Holidays => Set<Holiday>();

    public DbSet<Offer> Offers => Set<Offer>();

    public DbSet<EntryAnnouncement> EntryAnnouncements => Set<EntryAnnouncement>();

    public DbSet<SeedLoad> SeedLoads => Set<SeedLoad>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Source>().HasKey(source => source.Key);
        modelBuilder.Entity<City>().Property(city => city.Names).AsJson();
        modelBuilder.Entity<ServiceLine>(line =>
        {
            line.Property(l => l.Names).AsJson();
            line.Property(l => l.Included).AsJson();
            line.Property(l => l.NotIncluded).AsJson();
        });
        modelBuilder.Entity<Center>(center =>
        {
            center.Property(c => c.Names).AsJson();
            center.Property(c => c.Facts).AsJson();
        });
        modelBuilder.Entity<Machine>(machine =>
        {
            machine.Property(m => m.Quality).AsJson();
            machine.Ignore(m => m.IsOpen);
        });
        modelBuilder.Entity<Procedure>(procedure =>
        {
            procedure.Property(p => p.Names).AsJson();
            procedure.Property(p => p.PriceUsd).AsJson();
        });
        modelBuilder.Entity<Pattern>().Property(pattern => pattern.Details).AsJson();
        modelBuilder.Entity<Document>().Property(document => document.Names).AsJson();
        modelBuilder.Entity<PreparationStep>(step =>
        {
            step.HasKey(s => new { s.Topic, s.Id });
            step.Property(s => s.Text).AsJson();
        });
        modelBuilder.Entity<ScreeningQuestion>(question =>
        {
            question.Property(q => q.Text).AsJson();
            question.Property(q => q.OnlyFor).AsJson();
        });
        modelBuilder.Entity<VisaRegime>().HasKey(regime => new { regime.Country, regime.ValidFrom });
        modelBuilder.Entity<Country>(country =>
        {
            country.HasKey(c => c.Code);
            country.Property(c => c.Names).AsJson();
        });
        modelBuilder.Entity<Language>().HasKey(language => language.Code);
        modelBuilder.Entity<Holiday>().HasKey(holiday => new { holiday.Country, holiday.Date });
        modelBuilder.Entity<Offer>(offer =>
        {
            offer.Property(o => o.Cancellation).AsJson();
            offer.Property(o => o.KztPerUsd).HasPrecision(10, 4);
        });
        modelBuilder.Entity<EntryAnnouncement>().HasKey(told => told.Country);
        modelBuilder.Entity<SeedLoad>().HasKey(load => load.Name);
        modelBuilder.UseSnakeCase();
    }
}
