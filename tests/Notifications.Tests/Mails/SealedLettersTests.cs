using MedTourism.Notifications.Tests.Support;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Notifications.Tests.Mails;

/// <summary>What waits to be written tells nothing to whoever reads the table, and is written all the same.</summary>
public sealed class SealedLettersTests
{
    private static readonly string[] Secrets = ["s3cret", "accounts.example", "staff@clinic.example", "DEMO Clinic", "k3y-of-the-plan", "482913", Samples.Procedure];

    private string database = "";
    private string broker = "";
    private int port;

    [SetUp]
    public async Task StartAsync()
    {
        (database, broker, port) = (await TestServers.CreateDatabaseAsync("notifications"), await TestServers.CreateVirtualHostAsync("notifications"), SmtpCatcher.FreePort());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await TestServers.DropDatabaseAsync(database);
        await TestServers.DeleteVirtualHostAsync(broker);
    }

    [Test]
    public async Task The_table_shows_no_link_code_key_or_name_while_a_letter_waits_and_a_restart_sends_it()
    {
        var (plan, booking) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var app = await RunAsync())
        {
            await app.PublishAsync(Samples.Link("sign-in", "fr"));
            await app.PublishAsync(Samples.Plan(plan));
            await app.PublishAsync(Samples.Code(booking));
            await app.PublishAsync(Samples.Contact(plan));
            await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails WHERE state = 'waiting'") == 3, "The letters were not queued.");
            await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails WHERE last_error LIKE 'SmtpException%'") == 2, "The server that is away was not asked.");
            await ShowsNothingAsync();
        }

        await using var smtp = SmtpCatcher.Start(port);
        await using var restarted = await RunAsync();
        await Eventually.That(() => smtp.Received.Count == 2, "The letters did not come after the restart.", TimeSpan.FromSeconds(60));
        Assert.That(smtp.Received.Select(letter => letter.Text), Has.One.Contains("https://accounts.example/go?t=s3cret&x=1").And.One.Contains("k3y-of-the-plan"));
        await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails WHERE state = 'sent' AND payload IS NULL AND sealed_payload IS NULL") == 2, "What was sent is not wiped.");
    }

    [Test]
    public async Task A_letter_that_an_older_release_left_openly_is_sealed_at_start_and_sent()
    {
        await using (await RunAsync())
        {
        }

        await CountAsync("""
            WITH added AS (
                INSERT INTO mails (id, kind, key, payload, next_attempt_at)
                VALUES (gen_random_uuid(), 'account', 'old', '{"Email":"staff@clinic.example","Purpose":"sign-in","Link":"https://accounts.example/go?t=s3cret","Culture":"en","OrganisationName":null,"ExpiresAt":"2099-01-01T00:00:00+00:00"}',
                        now() + interval '1 hour') RETURNING 1)
            SELECT count(*) FROM added
            """);
        await using var smtp = SmtpCatcher.Start(port);
        await using var app = await RunAsync();
        await ShowsNothingAsync();
        Assert.That(await CountAsync("WITH due AS (UPDATE mails SET next_attempt_at = now() WHERE state = 'waiting' RETURNING 1) SELECT count(*) FROM due"), Is.EqualTo(1));
        await Eventually.That(() => smtp.Received.Any(letter => letter.Text.Contains("t=s3cret", StringComparison.Ordinal)), "The letter did not come.", TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task With_another_key_a_letter_waits_like_one_that_failed_and_goes_out_once_the_key_is_back()
    {
        await using (var app = await RunAsync())
        {
            await app.PublishAsync(Samples.Link("sign-in"));
            await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails") == 1, "The letter was not queued.");
        }

        await DueAsync();
        await using var smtp = SmtpCatcher.Start(port);
        await using (await RunAsync("another secret of these tests, long enough"))
        {
            await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails WHERE state = 'waiting' AND last_error = 'AuthenticationTagMismatchException'") == 1, "It was not tried.", TimeSpan.FromSeconds(30));
        }

        Assert.That(smtp.Received, Is.Empty);
        await DueAsync();
        await using var back = await RunAsync();
        await Eventually.That(() => smtp.Received.Count == 1, "The letter did not come.", TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task A_letters_message_opens_nowhere_but_in_its_own_row()
    {
        await using (var app = await RunAsync())
        {
            await app.PublishAsync(Samples.Link("sign-in", email: "one@clinic.example"));
            await app.PublishAsync(Samples.Link("sign-in", email: "two@clinic.example"));
            await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails") == 2, "The letters were not queued.");
        }

        await CountAsync("WITH changed AS (UPDATE mails SET sealed_payload = (SELECT sealed_payload FROM mails ORDER BY seq LIMIT 1), attempts = 0, next_attempt_at = now() RETURNING 1) SELECT count(*) FROM changed");
        await using var smtp = SmtpCatcher.Start(port);
        await using var restarted = await RunAsync();
        await Eventually.That(async () => await CountAsync("SELECT count(*) FROM mails WHERE state = 'sent' OR last_error = 'AuthenticationTagMismatchException'") == 2, "They were not tried.", TimeSpan.FromSeconds(30));
        Assert.That(smtp.Received.Single().To, Is.EqualTo(new[] { "one@clinic.example" }));
    }

    private Task<ServiceUnderTest<Program>> RunAsync(string? secret = null)
    {
        var settings = MailFixture.Settings(port);
        settings["Notifications:SecretKey"] = secret ?? settings["Notifications:SecretKey"];
        return ServiceUnderTest<Program>.StartAsync("notifications", settings, database, broker);
    }

    /// <summary>Letters that wait are due, also one whose worker ended while it held the claim.</summary>
    private Task<long> DueAsync() => CountAsync("WITH due AS (UPDATE mails SET next_attempt_at = now() WHERE state = 'waiting' RETURNING 1) SELECT count(*) FROM due");

    /// <summary>Every column of every letter, octets as octets.</summary>
    private async Task ShowsNothingAsync()
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var read = source.CreateCommand("SELECT m::text || coalesce(encode(m.sealed_payload, 'escape'), '') FROM mails m");
        await using var rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            foreach (var secret in Secrets)
            {
                Assert.That(rows.GetString(0), Does.Not.Contain(secret).IgnoreCase);
            }
        }
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
