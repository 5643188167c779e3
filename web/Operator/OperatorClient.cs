using MedTourism.Web.Clients;
using MedTourism.Web.Clinics;

namespace MedTourism.Web.Operator;

/// <summary>What only the operator may ask of the services: their queues, any booking, the ledger, the letters.</summary>
public sealed class OperatorClient(HttpClient http, IHttpContextAccessor accessor, ServiceAddresses services) : ServiceClient(http, accessor)
{
    public Task<Answer<ServiceQueues>> QueuesAsync(string service, CancellationToken ct) => GetAsync<ServiceQueues>(services.Of(service, "operator/messaging"), ct);

    // What to do: "redrive" or "discard".
    public Task<Answer<Nothing>> DecideAsync(string service, long seq, string act, CancellationToken ct) => PostAsync<Nothing>(services.Of(service, $"operator/messaging/outbox/{seq}/{act}"), null, ct);

    public Task<Answer<Replayed>> ReplayAsync(string service, string queue, CancellationToken ct) =>
        PostAsync<Replayed>(services.Of(service, $"operator/messaging/errors/{Uri.EscapeDataString(queue)}/replay"), null, ct);

    public Task<Answer<ParkedMessages>> ErrorsAsync(string service, string queue, CancellationToken ct) =>
        GetAsync<ParkedMessages>(services.Of(service, $"operator/messaging/errors/{Uri.EscapeDataString(queue)}/messages"), ct);

    public Task<Answer<Nothing>> DiscardErrorAsync(string service, string queue, string id, CancellationToken ct) =>
        PostAsync<Nothing>(services.Of(service, $"operator/messaging/errors/{Uri.EscapeDataString(queue)}/messages/{Uri.EscapeDataString(id)}/discard"), null, ct);

    public Task<Answer<BookingFile>> BookingAsync(string reference, CancellationToken ct) => GetAsync<BookingFile>(services.Of("Booking", $"operator/bookings/{Uri.EscapeDataString(reference)}"), ct);

    public Task<Answer<PaymentState>> PaymentAsync(Guid booking, CancellationToken ct) => GetAsync<PaymentState>(services.Of("Payment", $"payments/{booking}"), ct);

    public Task<Answer<Ledger>> LedgerAsync(Guid booking, CancellationToken ct) => GetAsync<Ledger>(Query(services.Of("Payment", "operator/ledger"), ("bookingId", booking)), ct);

    public Task<Answer<FailedRefund[]>> FailedRefundsAsync(CancellationToken ct) => GetAsync<FailedRefund[]>(Query(services.Of("Payment", "operator/refunds"), ("state", "failed")), ct);

    public Task<Answer<Nothing>> RetryRefundAsync(Guid id, CancellationToken ct) => PostAsync<Nothing>(services.Of("Payment", $"operator/refunds/{id}/retry"), null, ct);

    public Task<Answer<MailPage>> MailsAsync(string? state, int page, CancellationToken ct) => GetAsync<MailPage>(Query(services.Of("Notifications", "operator/mails"), ("state", state), ("page", page)), ct);

    public Task<Answer<Nothing>> RetryMailAsync(Guid id, CancellationToken ct) => PostAsync<Nothing>(services.Of("Notifications", $"operator/mails/{id}/retry"), null, ct);
}

public sealed record DeadMessage(long Seq, Guid? MessageId, string MessageType, int Attempts, string? LastError, DateTimeOffset CreatedAt);
public sealed record ErrorQueue(string Queue, long Messages);
public sealed record ParkedMessage(string Id, string? MessageType, string? Reason, DateTimeOffset? FailedAt);
public sealed record ParkedMessages(string Queue, ParkedMessage[] Messages);
public sealed record ServiceQueues(string Service, long OutboxDepth, double OldestSeconds, DeadMessage[] Dead, ErrorQueue[] ErrorQueues, bool BrokerReachable = true);
public sealed record Replayed(string Queue, [property: System.Text.Json.Serialization.JsonPropertyName("replayed")] int Count);
public sealed record LedgerEntry(string Account, long AmountMinor, string Currency);
public sealed record LedgerTransaction(Guid Id, Guid BookingId, string Kind, DateTimeOffset At, LedgerEntry[] Entries);
public sealed record Ledger(LedgerTransaction[] Transactions, LedgerBalance[] Balances);
public sealed record LedgerBalance(string Account, string Currency, long AmountMinor);
public sealed record FailedRefund(Guid Id, Guid BookingId, string Reference, long AmountMinor, string Currency, string Reason, string State, string? Failure, int Try, DateTimeOffset CreatedAt);

public sealed record MailItem(
    Guid Id, string Kind, Guid? BookingId, string? Reference, string State, int Attempts, string? LastError, bool ContactKnown, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt);

public sealed record MailPage(int Total, int Page, int Size, MailItem[] Items, Dictionary<string, int> Totals);
