using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.ServiceDefaults;

public static class InTransaction
{
    private const int Tries = 3;

    /// <summary>
    /// Runs <paramref name="work"/> in one READ COMMITTED transaction, or in the one that is already open. Serialization failures, deadlocks and
    /// lock time-outs run the whole of it again, at most three times in all; everything else rolls back and is thrown.
    /// </summary>
    public static async Task<T> InTransactionAsync<T>(this DbContext db, Func<Task<T>> work, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        if (db.Database.CurrentTransaction is not null)
        {
            return await work();
        }

        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            try
            {
                var result = await work();
                await transaction.CommitAsync(ct);
                return result;
            }
            catch (Exception exception) when (attempt < Tries && IsWorthRetrying(exception))
            {
                await transaction.RollbackAsync(CancellationToken.None);
                if (IsStalePlan(exception))
                {
                    NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection()); // the other connections know it no better
                }

                db.ChangeTracker.Clear();
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 60) * attempt), ct);
            }
        }
    }

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public static Task InTransactionAsync(this DbContext db, Func<Task> work, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return db.InTransactionAsync(
            async () =>
            {
                await work();
                return true;
            },
            ct);
    }

    /// <summary>
    /// True if another try of the same unit may succeed: 40001, 40P01, 55P03, or 0A000, by which a prepared statement learns once that the next
    /// release added a column.
    /// </summary>
    public static bool IsWorthRetrying(Exception? exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.FeatureNotSupported } => true,
        null => false,
        _ => IsWorthRetrying(exception.InnerException),
    };

    private static bool IsStalePlan(Exception? exception) =>
        exception is not null && (exception is PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported } || IsStalePlan(exception.InnerException));
}
