using MedTourism.Notifications.Mails;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Notifications.Tests.Support;

/// <summary>One running service that mails to a catcher.</summary>
public abstract class MailFixture
{
    protected SmtpCatcher Smtp { get; private set; } = null!;

    protected ServiceUnderTest<Program> App { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Smtp = SmtpCatcher.Start();
        App = await ServiceUnderTest<Program>.StartAsync("notifications", Settings(Smtp.Port));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await App.DisposeAsync();
        await Smtp.DisposeAsync();
    }

    internal static Dictionary<string, string?> Settings(int port) => new()
    {
        ["Smtp:Host"] = "127.0.0.1", ["Smtp:Port"] = $"{port}", ["Smtp:From"] = "hello@emdeu.example", ["Web:PublicUrl"] = "https://emdeu.example",
        ["Notifications:SecretKey"] = "a secret of these tests, long enough",
    };

    /// <summary>The letters of a booking's patient, once there are as many as expected.</summary>
    protected async Task<IReadOnlyList<ReceivedMail>> LettersAsync(Guid booking, int count = 1)
    {
        await Eventually.That(() => Of(booking).Count >= count, $"Fewer than {count} letters came.", TimeSpan.FromSeconds(30));
        return Of(booking);
    }

    protected IReadOnlyList<ReceivedMail> Of(Guid booking) => [.. Smtp.Received.Where(mail => mail.To.Contains($"{booking:N}@patients.example"))];

    /// <summary>Publishes and waits until the service has consumed it.</summary>
    protected async Task SayAsync<T>(T message, Guid? messageId = null)
        where T : class
    {
        var id = messageId ?? Guid.NewGuid();
        await App.PublishAsync(message, messageId: id);
        await Eventually.That(
            () => WithDb(async db => await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM inbox WHERE message_id = {id}").SingleAsync() > 0),
            "The message was never consumed.");
    }

    protected Task<Mail> MailAsync(Guid booking, string kind, string state) => Eventually.Get(
        () => WithDb(db => db.Mails.AsNoTracking().SingleOrDefaultAsync(mail => mail.BookingId == booking && mail.Kind == kind && mail.State == state)),
        $"The letter '{kind}' never became '{state}'.", TimeSpan.FromSeconds(30));

    protected async Task<T> WithDb<T>(Func<NotificationsDb, Task<T>> ask)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<NotificationsDb>());
    }
}
