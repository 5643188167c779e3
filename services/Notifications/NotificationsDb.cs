using MedTourism.Notifications.Bookings;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Contacts;
using MedTourism.Notifications.Mails;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications;

public sealed class NotificationsDb(DbContextOptions<NotificationsDb> options) : DbContext(options)
{
    public DbSet<Contact> Contacts => Set<Contact>();

    public DbSet<KnownBooking> Bookings => Set<KnownBooking>();

    public DbSet<Erasure> Erasures => Set<Erasure>();

    public DbSet<Mail> Mails => Set<Mail>();

    public DbSet<CalendarEntry> Calendars => Set<CalendarEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<Contact>().HasKey(contact => contact.BookingId);
        modelBuilder.Entity<KnownBooking>().HasKey(booking => booking.BookingId);
        modelBuilder.Entity<Erasure>().HasKey(erasure => erasure.PatientSubject);
        modelBuilder.Entity<Mail>().Property(mail => mail.Payload).HasColumnType("jsonb");
        modelBuilder.Entity<CalendarEntry>().HasKey(calendar => calendar.BookingId);
        modelBuilder.Entity<CalendarEntry>().Property(calendar => calendar.ProcedureNames).HasColumnType("jsonb");
        modelBuilder.Entity<CalendarEntry>().Property(calendar => calendar.CenterNames).HasColumnType("jsonb");
        modelBuilder.Entity<CalendarEntry>().Property(calendar => calendar.Sessions).HasColumnType("jsonb");
        modelBuilder.UseSnakeCase();
    }
}
