using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.TestKit;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace MedTourism.Benchmarks;

/// <summary>
/// R9: from the request for a booking to its confirmation, through Booking, Payment, the payment page, its webhook and back, against what the same
/// message hops and commits cost raw: (hops × round trip of a quorum queue / 2 + commits × fdatasync).
/// </summary>
internal sealed class JourneyBenchmark(BenchmarkOptions options)
{
    private const int Hops = 2; // DepositRequested, DepositPaid
    private const int Commits = 9; // booking, relay, charge, checkout, event, capture, relay, confirmation, relay
    private static readonly Guid Offer = new("00000000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Begin = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(3);

    public async Task<IReadOnlyList<RatioResult>> RunAsync(CancellationToken ct)
    {
        var bookingDatabase = await TestServers.CreateDatabaseAsync("bench_booking");
        var broker = await TestServers.CreateVirtualHostAsync("bench");
        var stripePort = ServiceProcess.FreePort();
        await using var booking = await ServiceProcess.StartAsync("Booking", new()
        {
            ["ConnectionStrings__Database"] = bookingDatabase,
            ["ConnectionStrings__RabbitMq"] = broker,
            ["Booking__MostLiveHolds"] = "1000000",
        });
        await using var payment = await ServiceProcess.StartAsync("Payment", new()
        {
            ["ConnectionStrings__Database"] = await TestServers.CreateDatabaseAsync("bench_payment"),
            ["ConnectionStrings__RabbitMq"] = broker,
            ["Stripe__ApiBase"] = $"http://127.0.0.1:{stripePort}",
            ["Stripe__SecretKey"] = "sk_test_benchmark",
            ["Stripe__WebhookSecret"] = "whsec_benchmark",
        });
        await using var stripe = await ServiceProcess.StartAsync(
            "Stripe",
            new()
            {
                ["ConnectionStrings__Database"] = await TestServers.CreateDatabaseAsync("bench_stripe"),
                ["Stripe__SecretKey"] = "sk_test_benchmark",
                ["Stripe__WebhookSecret"] = "whsec_benchmark",
                ["Stripe__WebhookUrl"] = new Uri(payment.Address, "/webhooks/stripe").AbsoluteUri,
                ["Stripe__PublicUrl"] = $"http://127.0.0.1:{stripePort}",
            },
            "/health/live", "MedTourism.StripeStandIn", stripePort);
        await FillAsync(bookingDatabase, ct);

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        List<double> ratios = [];
        var slot = 0;
        for (var i = 0; i < 3; i++)
        {
            await OnceAsync(http, booking.Address, payment.Address, stripe.Address, slot++, ct);
        }

        for (var pair = 0; pair < options.Pairs; pair++)
        {
            List<double> times = [];
            for (var i = 0; i < 8; i++)
            {
                times.Add(await OnceAsync(http, booking.Address, payment.Address, stripe.Address, slot++, ct));
            }

            times.Sort();
            var floor = (Hops * await RoundTripAsync(broker, ct) / 2) + (Commits * await CommitAsync(bookingDatabase, ct));
            ratios.Add(Ratio.Quantile(times, 0.5) / floor);
        }

        ratios.Sort();
        return
        [
            new RatioResult(
                "R9", "booking → payment → confirmation p50 / (hops × raw round trip / 2 + commits × one raw commit)", Ratio.Quantile(ratios, 0.5),
                Ratio.Quantile(ratios, 0.25), Ratio.Quantile(ratios, 0.75), 8, Smaller: true, 0, 0, options.Pairs),
        ];
    }

    /// <returns>Milliseconds of the two stretches in which the system works: request to payable, and paid to confirmed.</returns>
    private static async Task<double> OnceAsync(HttpClient http, Uri booking, Uri payment, Uri stripe, int slot, CancellationToken ct)
    {
        var hold = await SendAsync(http, HttpMethod.Post, new Uri(booking, "/holds"), new { offerId = Offer, start = Begin.AddMinutes(30 * slot) }, null, ct);
        var key = hold.GetProperty("accessKey").GetString();
        var clock = Stopwatch.StartNew();
        var placed = await SendAsync(
            http, HttpMethod.Post, new Uri(booking, "/bookings"),
            new
            {
                holdId = hold.GetProperty("holdId").GetGuid(),
                patient = new { familyName = "BENCH", givenNames = "DEMO", dateOfBirth = "1980-01-01", citizenship = "FR", forSelf = true },
                contact = new { email = "bench@example.com", culture = "en", neutralTitle = false },
                answers = Array.Empty<object>(),
            },
            key, ct);
        var id = placed.GetProperty("bookingId").GetGuid();
        JsonElement checkout;
        do
        {
            checkout = await SendAsync(
                http, HttpMethod.Post, new Uri(payment, "/checkouts"),
                new { bookingId = id, successUrl = "http://127.0.0.1/ok", cancelUrl = "http://127.0.0.1/no", culture = "en" }, null, ct, refusable: true);
        }
        while (!checkout.TryGetProperty("url", out _));

        var work = clock.Elapsed.TotalMilliseconds;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["email"] = "bench@example.com",
            ["cardNumber"] = "4242424242424242",
            ["cardExpiry"] = "12/34",
            ["cardCvc"] = "123",
            ["billingName"] = "BENCH",
        });
        clock.Restart();
        using var paid = await http.PostAsync(new Uri(stripe, new Uri(checkout.GetProperty("url").GetString()!).PathAndQuery), form, ct);
        if (paid.StatusCode is not (HttpStatusCode.SeeOther or HttpStatusCode.Found))
        {
            throw new InvalidOperationException($"The payment page answered {paid.StatusCode}.");
        }

        while ((await SendAsync(http, HttpMethod.Get, new Uri(booking, $"/bookings/{id}"), null, key, ct)).GetProperty("state").GetString() != "confirmed")
        {
        }

        return work + clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, Uri address, object? body, string? key, CancellationToken ct, bool refusable = false)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        if (key is not null)
        {
            request.Headers.Add("X-Access-Key", key);
        }

        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode || refusable
            ? JsonDocument.Parse(text).RootElement
            : throw new InvalidOperationException($"{method} {address.AbsolutePath}: {answer.StatusCode} {text}");
    }

    /// <summary>One message at a time through a quorum queue and its answer back through another, as services answer each other.</summary>
    private static async Task<double> RoundTripAsync(string broker, CancellationToken ct)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker) }.CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        Dictionary<string, object?> quorum = new() { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync("there", durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: ct);
        await channel.QueueDeclareAsync("back", durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: ct);
        using var arrived = new SemaphoreSlim(0);
        var echo = new AsyncEventingBasicConsumer(channel);
        echo.ReceivedAsync += async (_, message) =>
        {
            await channel.BasicPublishAsync(string.Empty, "back", message.Body, CancellationToken.None);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
        };
        var answer = new AsyncEventingBasicConsumer(channel);
        answer.ReceivedAsync += async (_, message) =>
        {
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
            arrived.Release();
        };
        await channel.BasicConsumeAsync("there", autoAck: false, echo, ct);
        await channel.BasicConsumeAsync("back", autoAck: false, answer, ct);
        List<double> times = [];
        for (var i = 0; i < 100; i++)
        {
            var clock = Stopwatch.StartNew();
            await channel.BasicPublishAsync(string.Empty, "there", new byte[1000], ct);
            await arrived.WaitAsync(ct);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return Ratio.Quantile(times, 0.5);
    }

    private static async Task<double> CommitAsync(string database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var connection = await source.OpenConnectionAsync(ct);
        List<double> times = [];
        for (var i = 0; i < 100; i++)
        {
            await using var command = new NpgsqlCommand("INSERT INTO inbox(message_id, consumer_id) VALUES (gen_random_uuid(), gen_random_uuid())", connection);
            var clock = Stopwatch.StartNew();
            await command.ExecuteNonQueryAsync(ct);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return Ratio.Quantile(times, 0.5);
    }

    private static async Task FillAsync(string database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO offer_terms(offer_id, version, procedure_id, procedure_names, service_line, center_id, center_names, city_id, time_zone, mode,
                                    duration_minutes, resource_kinds, price_minor, deposit_minor, currency, cancellation_ladder, blocking_questions, demo, published_at)
            VALUES ('{Offer}', 1, 'bench', '{"{}"}', 'bench', 'bench-1', '{"{}"}', 'almaty', 'Asia/Almaty', 'instant', 30, ARRAY['bench'], 1000000, 200000, 'KZT', '[]', '{"{}"}', true, now());
            INSERT INTO resources(id, center_id, kind, name, time_zone, status, slot_minutes, demo)
            VALUES ('00000000-0000-7000-9000-000000000001', 'bench-1', 'bench', 'bench', 'Asia/Almaty', 'open', 30, true);
            INSERT INTO weekly_hours(resource_id, weekday, from_local, to_local) SELECT '00000000-0000-7000-9000-000000000001', d, '00:00', '00:00' FROM generate_series(1, 7) d;
            """));
        await command.ExecuteNonQueryAsync(ct);
    }
}
