using System.Text.Json;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Feeds;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Imports;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Sessions;
using MedTourism.Booking.Stays;
using MedTourism.Booking.Tracers;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Waitlist;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace MedTourism.Booking;

/// <summary>The service's own database: terms of offers, resources and their calendars, holds, allocations and bookings.</summary>
public sealed class BookingDb(DbContextOptions<BookingDb> options) : DbContext(options)
{
    public DbSet<OfferTerms> OfferTerms => Set<OfferTerms>();

    public DbSet<Resource> Resources => Set<Resource>();

    public DbSet<WeeklyHours> WeeklyHours => Set<WeeklyHours>();

    public DbSet<CalendarException> CalendarExceptions => Set<CalendarException>();

    public DbSet<Allocation> Allocations => Set<Allocation>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<TreatmentPlan> TreatmentPlans => Set<TreatmentPlan>();

    public DbSet<TreatmentPlanPerson> TreatmentPlanPeople => Set<TreatmentPlanPerson>();

    public DbSet<Hold> Holds => Set<Hold>();

    public DbSet<Bookings.Booking> Bookings => Set<Bookings.Booking>();

    public DbSet<BookingPerson> BookingPeople => Set<BookingPerson>();

    public DbSet<BookingAnswer> BookingAnswers => Set<BookingAnswer>();

    public DbSet<BookingKey> BookingKeys => Set<BookingKey>();

    public DbSet<BookingCode> BookingCodes => Set<BookingCode>();

    public DbSet<CourseOption> CourseOptions => Set<CourseOption>();

    public DbSet<BookingEvent> BookingEvents => Set<BookingEvent>();

    public DbSet<Outage> Outages => Set<Outage>();

    public DbSet<Repair> Repairs => Set<Repair>();

    public DbSet<RepairPatient> RepairPatients => Set<RepairPatient>();

    public DbSet<CourseGuard> CourseGuards => Set<CourseGuard>();

    public DbSet<GapWarning> GapWarnings => Set<GapWarning>();

    public DbSet<HoldKey> HoldKeys => Set<HoldKey>();

    public DbSet<WaitlistEntry> WaitlistEntries => Set<WaitlistEntry>();

    public DbSet<WaitlistPerson> WaitlistPeople => Set<WaitlistPerson>();

    public DbSet<WaitlistOffer> WaitlistOffers => Set<WaitlistOffer>();

    public DbSet<FreedTimeRow> FreedTimes => Set<FreedTimeRow>();

    /// <summary>The open connection of the request's transaction, for statements that are not Entity Framework's.</summary>
    public NpgsqlConnection Connection => (NpgsqlConnection)Database.GetDbConnection();

    public DbSet<EntryRules> EntryRules => Set<EntryRules>();

    public DbSet<Cycle> Cycles => Set<Cycle>();

    public DbSet<CycleStepRow> CycleSteps => Set<CycleStepRow>();

    public DbSet<CycleReservation> CycleReservations => Set<CycleReservation>();

    public DbSet<TracerBatch> TracerBatches => Set<TracerBatch>();

    public DbSet<TracerDose> TracerDoses => Set<TracerDose>();

    public DbSet<Feed> Feeds => Set<Feed>();

    public DbSet<Import> Imports => Set<Import>();

    /// <summary>The database's clock: every decision about expiry uses it, so the service's own clock may be wrong.</summary>
    public Task<DateTimeOffset> NowAsync(CancellationToken ct) =>
        Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<OfferTerms>(offer =>
        {
            offer.HasKey(x => x.OfferId);
            Json(offer.Property(x => x.ProcedureNames));
            Json(offer.Property(x => x.CenterNames));
            Json(offer.Property(x => x.CancellationLadder));
            Json(offer.Property(x => x.Course!));
        });
        modelBuilder.Entity<Resource>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<CalendarException>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<Allocation>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<Session>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<TreatmentPlan>(plan =>
        {
            plan.Property(x => x.Id).ValueGeneratedNever();
            Json(plan.Property(x => x.Pattern));
        });
        modelBuilder.Entity<TreatmentPlanPerson>().HasKey(x => x.PlanId);
        modelBuilder.Entity<TreatmentPlanPerson>().Property(x => x.PlanId).ValueGeneratedNever();
        modelBuilder.Entity<Hold>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<Bookings.Booking>(booking =>
        {
            booking.Property(x => x.Id).ValueGeneratedNever();
            booking.Property(x => x.State).HasConversion(state => state.Name(), name => BookingStates.Parse(name));
            booking.Ignore(x => x.Events);
            booking.Ignore(x => x.Course);
            Json(booking.Property(x => x.ProcedureNames));
            Json(booking.Property(x => x.CenterNames));
            Json(booking.Property(x => x.CancellationLadder));
            Json(booking.Property(x => x.Pattern!));
        });
        modelBuilder.Entity<BookingPerson>().HasKey(x => x.BookingId);
        modelBuilder.Entity<BookingPerson>().Property(x => x.BookingId).ValueGeneratedNever();
        modelBuilder.Entity<BookingAnswer>().HasKey(x => new { x.BookingId, x.QuestionId });
        modelBuilder.Entity<BookingKey>().HasKey(x => new { x.BookingId, x.KeyHash });
        modelBuilder.Entity<BookingCode>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<CourseOption>(option =>
        {
            option.Property(x => x.Id).ValueGeneratedNever();
            Json(option.Property(x => x.Visits));
            Json(option.Property(x => x.Preferences));
        });
        modelBuilder.Entity<Outage>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<Repair>(repair =>
        {
            repair.Property(x => x.Id).ValueGeneratedNever();
            Json(repair.Property(x => x.Proposals));
            Json(repair.Property(x => x.Openings));
        });
        modelBuilder.Entity<RepairPatient>(patient =>
        {
            patient.HasKey(x => new { x.RepairId, x.BookingId });
            Json(patient.Property(x => x.Plan));
            Json(patient.Property(x => x.Refusal!));
        });
        modelBuilder.Entity<CourseGuard>().HasKey(x => x.BookingId);
        modelBuilder.Entity<CourseGuard>().Property(x => x.BookingId).ValueGeneratedNever();
        modelBuilder.Entity<HoldKey>().HasKey(x => new { x.HoldId, x.KeyHash });
        modelBuilder.Entity<WaitlistEntry>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<WaitlistPerson>().HasKey(x => x.EntryId);
        modelBuilder.Entity<WaitlistPerson>().Property(x => x.EntryId).ValueGeneratedNever();
        modelBuilder.Entity<WaitlistOffer>().HasKey(x => x.HoldId);
        modelBuilder.Entity<WaitlistOffer>().Property(x => x.HoldId).ValueGeneratedNever();
        modelBuilder.Entity<WaitlistOffer>().Ignore(x => x.Time);
        modelBuilder.Entity<EntryRules>(rules =>
        {
            rules.HasKey(x => x.Country);
            Json(rules.Property(x => x.Periods));
        });
        modelBuilder.Entity<Cycle>(cycle =>
        {
            cycle.Property(x => x.Id).ValueGeneratedNever();
            cycle.Ignore(x => x.Zone);
            cycle.Ignore(x => x.Plan);
            Json(cycle.Property(x => x.Pattern));
        });
        modelBuilder.Entity<CycleStepRow>().ToTable("cycle_steps").HasKey(x => new { x.CycleId, x.Attempt, x.Code });
        modelBuilder.Entity<CycleReservation>().HasKey(x => new { x.CycleId, x.Step });
        modelBuilder.Entity<TracerBatch>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<TracerDose>().HasKey(x => x.AllocationId);
        modelBuilder.Entity<TracerDose>().Property(x => x.AllocationId).ValueGeneratedNever();
        modelBuilder.Entity<Feed>().Property(x => x.Id).ValueGeneratedNever();
        modelBuilder.Entity<Import>(import =>
        {
            import.Property(x => x.Id).ValueGeneratedNever();
            Json(import.Property(x => x.Problem!));
            Json(import.Property(x => x.Notes));
        });
        modelBuilder.UseSnakeCase();
    }

    /// <summary>Kept as one jsonb value that is replaced whole and never changed in place.</summary>
    private static void Json<T>(PropertyBuilder<T> property)
        where T : class =>
        property.HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => value.GetHashCode(), value => value));
}
