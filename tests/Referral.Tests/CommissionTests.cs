using System.Net;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Referral;
using MedTourism.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MedTourism.Referral.Tests;

public sealed class CommissionTests : ReferralFixture
{
    private Guid _agency;
    private string _code = "";

    [OneTimeSetUp]
    public async Task AgreeAsync()
    {
        _agency = await NewAgencyAsync();
        _code = await OldLinkAsync(_agency);
        using var put = await PutAgreementAsync(_agency, Agreements.Agreement.DayOf(Now).AddDays(-100), 12.5m);
        Assert.That(put.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_commission_is_earned_in_either_order_of_placing_and_confirming(bool placedFirst)
    {
        var placed = Placed(_code, Now.AddDays(-3), price: 1_000_010);
        await PublishInOrderAsync(placedFirst ? [placed, Confirmed(placed)] : [Confirmed(placed), placed]);

        var record = await RecordAsync(placed.BookingId, "pending");
        Assert.That(record.CommissionMinor, Is.EqualTo(125_001)); // 125001.25
        var accrued = await AccruedAsync(placed.BookingId);
        Assert.That((accrued.AgencyId, accrued.AmountMinor, accrued.Currency, accrued.Percent), Is.EqualTo((_agency, 125_001L, "KZT", 12.5m)));
        Assert.That(App.Received<ReferralAttributed>().Count(said => said.BookingId == placed.BookingId), Is.EqualTo(1));
    }

    [Test]
    public async Task An_attributed_booking_that_is_not_paid_earns_nothing_yet()
    {
        var placed = Placed(_code, Now.AddDays(-3));
        await PublishInOrderAsync(placed);
        Assert.That((await RecordAsync(placed.BookingId, "attributed")).CommissionMinor, Is.Null);
        await QuietAsync();
        Assert.That(App.Received<CommissionAccrued>().Any(said => said.BookingId == placed.BookingId), Is.False);
    }

    [Test]
    public async Task A_cancelled_booking_voids_its_commission_once()
    {
        var placed = Placed(_code, Now.AddDays(-3));
        await PublishInOrderAsync(placed, Confirmed(placed));
        await RecordAsync(placed.BookingId, "pending");
        await PublishAsync(Cancelled(placed));
        await PublishAsync(Cancelled(placed));

        Assert.That((await RecordAsync(placed.BookingId, "void")).VoidedAt, Is.Not.Null);
        await Eventually.That(() => App.Received<CommissionVoided>().Any(said => said.BookingId == placed.BookingId), "The void commission was not told.");
        await QuietAsync();
        var voided = App.Received<CommissionVoided>().Where(said => said.BookingId == placed.BookingId).ToList();
        Assert.That(voided, Has.Count.EqualTo(1));
        Assert.That(voided[0].AmountMinor, Is.EqualTo(125_000));
    }

    [Test]
    public async Task A_cancellation_that_arrives_first_leaves_nothing_to_earn()
    {
        var placed = Placed(_code, Now.AddDays(-3));
        await PublishInOrderAsync(Cancelled(placed), Confirmed(placed), placed);
        Assert.That((await RecordAsync(placed.BookingId, "void")).CommissionMinor, Is.Null);
        await QuietAsync();
        Assert.That(App.Received<CommissionAccrued>().Any(said => said.BookingId == placed.BookingId), Is.False);
        Assert.That(App.Received<CommissionVoided>().Any(said => said.BookingId == placed.BookingId), Is.False);
    }

    [Test]
    public async Task The_same_messages_again_and_copies_with_other_ids_earn_once()
    {
        var placed = Placed(_code, Now.AddDays(-3));
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync(placed, messageId: first);
            await PublishAsync(Confirmed(placed), messageId: second);
            await PublishAsync(placed);
            await PublishAsync(Confirmed(placed));
        }

        await RecordAsync(placed.BookingId, "pending");
        await AccruedAsync(placed.BookingId);
        await QuietAsync();
        Assert.That(App.Received<ReferralAttributed>().Count(said => said.BookingId == placed.BookingId), Is.EqualTo(1));
        Assert.That(App.Received<CommissionAccrued>().Count(said => said.BookingId == placed.BookingId), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_replicas_that_consume_at_the_same_moment_produce_one_commission_per_booking()
    {
        await using var replica = await ServiceUnderTest<Program>.StartAsync("referral", database: App.ConnectionString, broker: App.BrokerUri);
        var bookings = Enumerable.Range(0, 30).Select(_ => Placed(_code, Now.AddDays(-3))).ToList();
        await Task.WhenAll(bookings.SelectMany(placed => new[]
        {
            PublishAsync(placed), PublishAsync(Confirmed(placed)), PublishAsync(placed), PublishAsync(Confirmed(placed)),
        }));

        foreach (var placed in bookings)
        {
            await RecordAsync(placed.BookingId, "pending");
            await AccruedAsync(placed.BookingId);
        }

        await QuietAsync();
        var ids = bookings.Select(placed => placed.BookingId).ToHashSet();
        Assert.That(App.Received<CommissionAccrued>().Count(said => ids.Contains(said.BookingId)), Is.EqualTo(30));
        Assert.That(App.Received<ReferralAttributed>().Count(said => ids.Contains(said.BookingId)), Is.EqualTo(30));
        Assert.That(await WithDb(db => db.Referrals.Where(referral => ids.Contains(referral.BookingId)).SumAsync(referral => referral.CommissionMinor)), Is.EqualTo(30 * 125_000));
    }

    [Test]
    public async Task A_confirmation_that_is_consumed_while_the_booking_is_being_attributed_loses_nothing()
    {
        var placed = Placed(_code, Now.AddDays(-3));
        await QuietAsync();
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync();
        await using (var gate = await connection.BeginTransactionAsync())
        {
            // The attribution has looked for a confirmation, found none, and cannot commit yet, for it cannot write its message.
            await new NpgsqlCommand("LOCK TABLE outbox IN EXCLUSIVE MODE", connection, gate).ExecuteNonQueryAsync();
            await PublishAsync(placed);
            await Eventually.That(() => IsWaitingAsync("INSERT INTO outbox"), "The attribution did not get as far as its message.");
            var confirmation = Guid.NewGuid();
            await PublishAsync(Confirmed(placed), confirmation);
            await Eventually.That(
                async () => await IsWaitingAsync("booking_facts") || await WithDb(db => db.Database.SqlQuery<Guid>($"SELECT message_id AS \"Value\" FROM inbox WHERE message_id = {confirmation}").AnyAsync()),
                "The confirmation was not looked at.");
            await gate.CommitAsync();
        }

        await QuietAsync();
        Assert.That((await RecordAsync(placed.BookingId)).State, Is.EqualTo("pending"));
        Assert.That(App.Received<CommissionAccrued>().Count(said => said.BookingId == placed.BookingId), Is.EqualTo(1));
    }

    /// <summary>Each message is published only when the one before it has been consumed.</summary>
    private async Task PublishInOrderAsync(params object[] messages)
    {
        foreach (var message in messages)
        {
            await (message switch
            {
                BookingPlaced placed => PublishAsync(placed),
                BookingConfirmed confirmed => PublishAsync(confirmed),
                BookingCancelled cancelled => PublishAsync(cancelled),
                _ => throw new ArgumentException("Not a message of this test.", nameof(messages)),
            });
            await QuietAsync();
        }
    }

    private Task<bool> IsWaitingAsync(string statement) => WithDb(db => db.Database.SqlQuery<int>(
        $"""
        SELECT pid AS "Value" FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock' AND position({statement} IN query) > 0
        """).AnyAsync());

    private Task<CommissionAccrued> AccruedAsync(Guid bookingId) => Eventually.Get(
        () => Task.FromResult(App.Received<CommissionAccrued>().FirstOrDefault(said => said.BookingId == bookingId)), "The commission was not told.");
}
