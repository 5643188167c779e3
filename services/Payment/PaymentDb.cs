using MedTourism.Payment.Charges;
using MedTourism.Payment.Checkouts;
using MedTourism.Payment.Events;
using MedTourism.Payment.Ledger;
using MedTourism.Payment.Refunds;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment;

public sealed class PaymentDb(DbContextOptions<PaymentDb> options) : DbContext(options)
{
    public DbSet<Charge> Charges => Set<Charge>();

    public DbSet<Checkout> Checkouts => Set<Checkout>();

    public DbSet<Refund> Refunds => Set<Refund>();

    public DbSet<ProviderEvent> ProviderEvents => Set<ProviderEvent>();

    public DbSet<LedgerTransaction> LedgerTransactions => Set<LedgerTransaction>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Checkout>().Property(checkout => checkout.CreatedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<LedgerTransaction>().ToTable("ledger_transaction");
        modelBuilder.Entity<LedgerEntry>().ToTable("ledger_entry");
        modelBuilder.Entity<LedgerTransaction>().HasMany(transaction => transaction.Entries).WithOne().HasForeignKey(entry => entry.TransactionId);
        modelBuilder.Entity<LedgerTransaction>().Property(transaction => transaction.CreatedAt).HasDefaultValueSql("now()");
        modelBuilder.UseSnakeCase();
    }
}
