using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Payment.Tests;

/// <summary>The Payment service and the stand-in, wired together as in production: form-encoded calls one way, signed webhooks the other.</summary>
internal sealed class PaymentRig : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    private PaymentRig(StandInServer stripe, ServiceUnderTest<Program> app)
    {
        (Stripe, App) = (stripe, app);
        _database = NpgsqlDataSource.Create(app.ConnectionString);
    }

    public StandInServer Stripe { get; }

    public ServiceUnderTest<Program> App { get; }

    public static async Task<PaymentRig> StartAsync(double reconcileEverySeconds = 3600)
    {
        var stripe = await StandInServer.StartAsync();
        var app = await ServiceUnderTest<Program>.StartAsync("payment", SettingsFor(stripe, reconcileEverySeconds));
        await stripe.ControlAsync("webhook-url", new { url = new Uri(app.Address, "/webhooks/stripe") });
        return new PaymentRig(stripe, app);
    }

    public static Dictionary<string, string?> SettingsFor(StandInServer stripe, double reconcileEverySeconds = 3600) => new()
    {
        ["Stripe:SecretKey"] = StandInServer.SecretKey,
        // The old secret first: both are valid while one is being replaced.
        ["Stripe:WebhookSecret"] = "whsec_the_old_one," + StandInServer.WebhookSecret,
        ["Stripe:ApiBase"] = stripe.Address.ToString(),
        ["Stripe:RetryFirstMilliseconds"] = "5",
        ["Stripe:RequestsPerSecond"] = "2000",
        ["Stripe:ReconcileEverySeconds"] = reconcileEverySeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Limits:holds"] = "100000",
        ["Limits:search"] = "100000",
    };

    public async Task<Guid> RequestDepositAsync(long minor = 1_500_000, string currency = "KZT", int fence = 1, Guid? booking = null, string culture = "ru")
    {
        var id = booking ?? Guid.CreateVersion7();
        await App.PublishAsync(new DepositRequested(id, "KZ-TEST-11", "center-1", minor, currency, culture, DateTimeOffset.UnixEpoch, fence), id);
        await Eventually.That(
            async () => await ScalarAsync<long>($"SELECT count(*) FROM charges WHERE booking_id = '{id}' AND fence >= {fence}") == 1, "The deposit was not taken in.");
        return id;
    }

    public Task<HttpResponseMessage> TryOpenAsync(Guid booking, object? request = null) => App.Client.PostAsJsonAsync(
        new Uri("/checkouts", UriKind.Relative),
        request ?? new { bookingId = booking, successUrl = "http://localhost:8080/ru/paid", cancelUrl = "http://localhost:8080/ru/back", culture = "ru" });

    public async Task<string> OpenAsync(Guid booking)
    {
        using var answer = await TryOpenAsync(booking);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
    }

    public async Task<Guid> PaidBookingAsync(string card = TestCards.Good, long minor = 1_500_000)
    {
        var booking = await RequestDepositAsync(minor);
        using var paid = await Stripe.PayAsync(await OpenAsync(booking), card);
        await StatusBecomesAsync(booking, "paid");
        return booking;
    }

    public async Task<JsonElement> StatusAsync(Guid booking) =>
        await App.Client.GetFromJsonAsync<JsonElement>(new Uri($"/payments/{booking}", UriKind.Relative));

    public Task StatusBecomesAsync(Guid booking, string status) => Eventually.That(
        async () => (await StatusAsync(booking)).GetProperty("status").GetString() == status, $"The payment did not become '{status}'.");

    public static string SessionOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    public BookingCancelled Cancellation(Guid booking, long refund) => new(
        booking, "KZ-TEST-11", Guid.CreateVersion7(), [], "center-1", [], "Asia/Almaty", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, refund, "KZT",
        "patient", 2, DateTimeOffset.UnixEpoch);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The sum of an account for a booking.</summary>
    public async Task<long> BalanceAsync(Guid booking, string account) => await ScalarAsync<long>(
        $"""
        SELECT coalesce(sum(amount_minor), 0)::bigint FROM ledger_entry JOIN ledger_transaction t ON t.id = transaction_id
        WHERE booking_id = '{booking}' AND account = '{account}'
        """);

    public Task AllEventsProcessedAsync() => Eventually.That(
        async () => await ScalarAsync<long>("SELECT count(*) FROM provider_events WHERE processed_at IS NULL") == 0, "Events were left waiting.");

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await App.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}

/// <summary>One pair of servers for all tests that do not need their own.</summary>
[SetUpFixture]
internal sealed class SharedRig
{
    public static PaymentRig Rig { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => Rig = await PaymentRig.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await Rig.DisposeAsync();
}
