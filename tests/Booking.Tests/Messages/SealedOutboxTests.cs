using System.Net;
using MedTourism.Booking.Tests.Courses;
using MedTourism.Contracts.Booking;
using MedTourism.ServiceDefaults;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Booking.Tests.Messages;

/// <summary>A copy of the outbox opens nothing that a letter opens, and tells nobody's address.</summary>
public sealed class SealedOutboxTests
{
    [Test]
    public async Task A_message_with_a_key_cannot_be_read_while_it_waits_and_arrives_whole()
    {
        var market = await Courses.Clinic.OpenAsync();
        string waiting;
        Reply issued;
        await using (await HoldRelayAsync())
        {
            issued = await Courses.Clinic.TryIssueAsync(market, Courses.Clinic.Order(market));
            Assert.That(issued.Status, Is.EqualTo(HttpStatusCode.Created), issued.Body.ToString());
            waiting = (string)(await Market.ScalarAsync("SELECT string_agg(o::text || coalesce(encode(sealed_body, 'escape'), ''), ' ') FROM outbox o"))!;
            Assert.That(await market.CountAsync("SELECT count(*) FROM outbox WHERE body IS NOT NULL"), Is.Zero);
        }

        var told = await Steps.HeardAsync<TreatmentPlanIssued>(x => x.PlanId == issued.Id("id"));
        var contact = await Steps.HeardAsync<PatientContactGiven>(x => x.BookingId == told.PlanId);
        Assert.That(waiting, Does.Contain(nameof(TreatmentPlanIssued)).And.Not.Contain(told.AccessKey).And.Not.Contain(contact.Email));
        Assert.That((await Market.NewGuest().PlanAsync(new Ordered(told.PlanId, told.AccessKey))).Status, Is.EqualTo(HttpStatusCode.OK), "the key opens the plan");
        await Eventually.That(async () => await market.CountAsync("SELECT count(*) FROM outbox") == 0, "What was sent stays in the outbox.");
    }

    [Test]
    public async Task A_message_sealed_for_another_place_waits_for_the_operator_and_stops_nothing()
    {
        var id = Guid.CreateVersion7();
        await Market.ScalarAsync(
            """
            INSERT INTO outbox(message_id, destination, content_type, message_type, sealed_body, attempts, partition_key)
            VALUES ($1, 'exchange:any', 'application/vnd.masstransit+json', 'urn:message:X:Y', $2, 19, 'moved')
            """,
            id, new SealedMessages(new Sealing(Running.SecretKey, "medtourism-booking-messages")).Seal(Guid.CreateVersion7(), "{}"));
        try
        {
            await Eventually.That(
                async () => await Market.ScalarAsync("SELECT last_error FROM outbox WHERE message_id = $1 AND dead_at IS NOT NULL", id) is string error && error.Contains("AuthenticationTag", StringComparison.Ordinal),
                "The message is not parked with its reason.");
            await Courses.Clinic.IssueAsync(await Courses.Clinic.OpenAsync());
        }
        finally
        {
            await Market.ScalarAsync("DELETE FROM outbox WHERE message_id = $1", id);
        }
    }

    /// <summary>As long as it is not disposed no replica carries anything.</summary>
    private static async Task<NpgsqlConnection> HoldRelayAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Running.App.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var hold = new NpgsqlCommand("SELECT pg_advisory_lock(hashtext('outbox-relay'))", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }
}
