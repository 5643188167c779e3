using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Referral.Tests;

/// <summary>One running service for the tests of a class, and the steps they share.</summary>
public abstract class ReferralFixture
{
    protected static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ConcurrentBag<Guid> _published = [];

    protected ServiceUnderTest<Program> App { get; private set; } = null!;

    protected HttpClient Operator { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        App = await ServiceUnderTest<Program>.StartAsync("referral");
        Operator = App.ClientFor(App.Tokens.For(sub: "op", org: Guid.NewGuid(), orgKind: "operator"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Operator.Dispose();
        await App.DisposeAsync();
    }

    protected async Task<Guid> NewAgencyAsync(string name = "Test Agency")
    {
        var id = Guid.CreateVersion7();
        await App.PublishAsync(new OrganisationCreated(id, "agency", name, null, false, Now.AddYears(-1)));
        await Eventually.That(() => WithDb(db => db.Agencies.AnyAsync(agency => agency.Id == id)), "The agency never became known.");
        return id;
    }

    protected HttpClient ClientOf(Guid agency) => App.ClientFor(App.Tokens.For(sub: $"user-of-{agency}", org: agency, orgKind: "agency"));

    protected Task<HttpResponseMessage> PutAgreementAsync(Guid agency, DateOnly from, decimal percent, string line = "dental", DateOnly? until = null) =>
        Operator.PutAsJsonAsync(
            $"/operator/agencies/{agency}/agreement", new { validFrom = from, validUntil = until, lines = new[] { new { serviceLine = line, percent } } });

    /// <summary>A link as old as the test needs; the agency's own endpoint can only make new ones.</summary>
    protected async Task<string> OldLinkAsync(Guid agency, int daysOld = 400)
    {
        var code = Links.ReferralLink.NewCode();
        await SqlAsync(
            "INSERT INTO links(id, agency_id, code, label, demo, created_at) VALUES ($1, $2, $3, 'old', false, now() - make_interval(days => $4))",
            Guid.CreateVersion7(), agency, code, daysOld);
        return code;
    }

    protected async Task<JsonElement> NewLinkAsync(Guid agency, string label = "A link", string? key = null)
    {
        using var client = ClientOf(agency);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agency/links") { Content = JsonContent.Create(new { label }) };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    protected static BookingPlaced Placed(string? code, DateTimeOffset? touched, Guid? id = null, string line = "dental", long price = 1_000_000) => new(
        id ?? Guid.CreateVersion7(), "KZ-TEST-01", Guid.NewGuid(), "center", line, Now.AddDays(10), Now.AddDays(10).AddHours(1), price, "KZT", null, code, touched, Now);

    protected static BookingConfirmed Confirmed(BookingPlaced placed) => new(
        placed.BookingId, placed.Reference, placed.OfferId, "implant", new() { ["en"] = "Implant" }, "center", new() { ["en"] = "Center" }, "almaty", placed.ServiceLine,
        "Asia/Almaty", placed.Start, placed.End, placed.PriceMinor, placed.PriceMinor / 5, placed.Currency, [], 0, false, Now);

    protected static BookingCancelled Cancelled(BookingPlaced placed) => new(
        placed.BookingId, placed.Reference, placed.OfferId, new() { ["en"] = "Implant" }, "center", new() { ["en"] = "Center" }, "Asia/Almaty", placed.Start, placed.End,
        0, placed.Currency, "patient", 1, Now);

    protected Task<Referrals.ReferralRecord> RecordAsync(Guid bookingId, string? state = null) => Eventually.Get(
        () => WithDb(db => db.Referrals.AsNoTracking().SingleOrDefaultAsync(referral => referral.BookingId == bookingId && (state == null || referral.State == state))),
        $"Booking {bookingId} never reached state '{state}'.");

    /// <summary>Publishes as another service would, and remembers it for <see cref="QuietAsync"/>.</summary>
    protected async Task PublishAsync<T>(T message, Guid? messageId = null)
        where T : class
    {
        var id = messageId ?? Guid.NewGuid();
        _published.Add(id);
        await App.PublishAsync(message, messageId: id);
    }

    /// <summary>Waits until everything published was consumed and whatever was said about it was heard: now "never" can be asserted.</summary>
    protected async Task QuietAsync()
    {
        foreach (var id in _published.Distinct())
        {
            await Eventually.That(
                () => WithDb(async db => await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM inbox WHERE message_id = {id}").SingleAsync() == 1),
                $"Message {id} was never consumed.");
        }

        await Eventually.That(
            () => WithDb(async db => await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM outbox").SingleAsync() == 0), "The outbox never emptied.");
        var marker = new HoldReleased(Guid.NewGuid(), null, Guid.NewGuid(), "marker", Now, Now);
        await App.PublishAsync(marker);
        await Eventually.That(() => App.Received<HoldReleased>().Contains(marker), "The probe does not hear.");
    }

    protected async Task<T> WithDb<T>(Func<ReferralDb, Task<T>> ask)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<ReferralDb>());
    }

    protected async Task SqlAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
