using System.Diagnostics.Metrics;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>
/// Runs a consumer in one transaction with its inbox row and the messages it publishes. A message this consumer has already done is acknowledged
/// and skipped; a concurrent copy waits on the primary key until the first commits (and is skipped) or rolls back (and takes over).
/// </summary>
internal sealed class Inbox(DbContext db, Outbox outbox, IServiceProvider services) : IOutboxContextFactory<DbContext>
{
    private static readonly Counter<long> Duplicates = Telemetry.Meter.CreateCounter<long>("inbox.duplicates");

    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox");

    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var messageId = context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message without an id cannot be consumed once.");
        var ct = context.CancellationToken;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var fresh = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO inbox(message_id, consumer_id) VALUES ({messageId}, {options.ConsumerId}) ON CONFLICT DO NOTHING", ct) == 1;

        var consuming = new InboxConsumeContext<T>(context, options, services, db, outbox, messageId) { Consumed = !fresh };
        await next.Send(consuming); // a fresh message runs the consumer; a known one goes straight on
        if (!fresh)
        {
            Duplicates.Add(1);
            return;
        }

        await transaction.CommitAsync(CancellationToken.None);
        consuming.Consumed = true;
        await next.Send(consuming); // only tells the observers
    }
}

internal sealed class InboxConsumeContext<T>(
    ConsumeContext<T> context, OutboxConsumeOptions options, IServiceProvider services, DbContext db, Outbox outbox, Guid messageId)
    : OutboxConsumeContextProxy<T>(context, options, services)
    where T : class
{
    public bool Consumed { get; set; }

    public override Guid? MessageId => messageId;

    public override bool ContinueProcessing { get; set; } = true;

    public override bool IsMessageConsumed => Consumed;

    /// <summary>Delivery is the relay's work, never done here.</summary>
    public override bool IsOutboxDelivered => Consumed;

    public override int ReceiveCount => 1;

    public override long? LastSequenceNumber => null;

    public override async Task SetConsumed() => await db.SaveChangesAsync(CancellationToken);

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    public override Task AddSend<TMessage>(SendContext<TMessage> context)
    {
        outbox.Add(context);
        return Task.CompletedTask;
    }
}
