using MassTransit;
using MedTourism.Booking.Holds;
using MedTourism.Contracts.Payment;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Booking.Tests;

/// <summary>What other services and the sweep do to a booking.</summary>
public static class Steps
{
    /// <summary>Payment says that the deposit arrived; returns when Booking has worked it off.</summary>
    public static async Task<Guid> PayAsync(Placed booking, int fence = 1, Guid? charge = null, long amount = Market.Deposit)
    {
        var id = charge ?? Guid.NewGuid();
        await DeliverAsync(new DepositPaid(booking.Id, id, amount, "KZT", fence, Market.Now));
        return id;
    }

    /// <summary>Publishes and waits until the consumer has committed.</summary>
    public static async Task DeliverAsync<T>(T message)
        where T : class
    {
        var id = Guid.NewGuid();
        await Running.App.PublishAsync(message, messageId: id);
        await DeliveredAsync(id);
    }

    public static Task DeliveredAsync(Guid messageId) => Eventually.That(
        async () => (long)(await Market.ScalarAsync("SELECT count(*) FROM inbox WHERE message_id = $1", messageId))! > 0,
        "The message was not consumed.");

    public static async Task<int> SweepAsync()
    {
        await using var scope = Running.App.Services.CreateAsyncScope();
        return await ExpireHolds.RunOnceAsync(
            scope.ServiceProvider.GetRequiredService<BookingDb>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(), CancellationToken.None);
    }

    public static async Task<T> HeardAsync<T>(Func<T, bool> which)
        where T : class =>
        await Eventually.Get(() => Task.FromResult(Running.App.Received<T>().FirstOrDefault(which)), $"No {typeof(T).Name} was published.");
}
