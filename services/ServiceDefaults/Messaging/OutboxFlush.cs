using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace MedTourism.ServiceDefaults.Messaging;

/// <summary>Writes the scope's messages into the transaction that is about to commit, and forgets them when it rolls back.</summary>
public sealed class OutboxFlush(Outbox outbox, RelayCall relay) : DbTransactionInterceptor
{
    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await outbox.WriteAsync((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction, cancellationToken);
        return result;
    }

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (outbox.TakeWritten())
        {
            relay.Call();
        }

        return Task.CompletedTask;
    }

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) =>
        throw new NotSupportedException("Commit asynchronously: the outbox is written at commit.");

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => outbox.Clear();

    public override Task TransactionRolledBackAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        outbox.Clear();
        return Task.CompletedTask;
    }

    public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => outbox.Clear();

    public override Task TransactionFailedAsync(
        DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        outbox.Clear();
        return Task.CompletedTask;
    }

    /// <summary>A transaction that is disposed without a commit raises no event; a new one must start empty.</summary>
    public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        outbox.Clear();
        return ValueTask.FromResult(result);
    }
}
