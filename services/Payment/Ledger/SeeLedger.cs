using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Payment.Ledger;

/// <summary>Shows the operator every movement of money of a booking, or the latest of all, with the balances.</summary>
public static class SeeLedger
{
    private const int Latest = 200;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/operator/ledger", Handle).RequireOrganisation("operator");

    public sealed record Entry(string Account, long AmountMinor, string Currency);

    public sealed record Transaction(Guid Id, Guid BookingId, string Kind, DateTimeOffset At, List<Entry> Entries);

    public sealed record Balance(string Account, string Currency, long AmountMinor);

    public sealed record Response(List<Transaction> Transactions, List<Balance> Balances);

    private static async Task<Ok<Response>> Handle(PaymentDb db, CancellationToken ct, Guid? bookingId = null)
    {
        var chosen = db.LedgerTransactions.AsNoTracking().Where(row => bookingId == null || row.BookingId == bookingId);
        var transactions = await chosen
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(Latest)
            .Select(row => new Transaction(
                row.Id, row.BookingId, row.Kind, row.CreatedAt,
                row.Entries.OrderBy(entry => entry.Id).Select(entry => new Entry(entry.Account, entry.AmountMinor, entry.Currency)).ToList()))
            .ToListAsync(ct);
        var balances = await chosen.SelectMany(row => row.Entries)
            .GroupBy(entry => new { entry.Account, entry.Currency })
            .OrderBy(group => group.Key.Account).ThenBy(group => group.Key.Currency)
            .Select(group => new Balance(group.Key.Account, group.Key.Currency, group.Sum(entry => entry.AmountMinor)))
            .ToListAsync(ct);
        return TypedResults.Ok(new Response(transactions, balances));
    }
}
