
namespace MedTourism.ServiceDefaults.Tests.Messaging;

/// <summary>
/// Kills relays and consumers, crashes PostgreSQL and drops broker connections under load, then counts. Two mutants of the shared code show that
/// the count has power.
/// </summary>
[TestFixture, NonParallelizable]
internal sealed class ChaosTests
{
    [Test, CancelAfter(300_000)]
    public async Task Nothing_is_lost_done_twice_or_made_up_while_everything_dies(CancellationToken ct)
    {
        await using var chaos = await ChaosRun.StartAsync(mutant: null, ct);
        var report = await chaos.RunAsync(new ChaosPlan(Commands: 18_000, Kills: 24, DatabaseCrashes: 3, BrokerDrops: 3), ct);
        TestContext.Out.WriteLine(report);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.CameToRest, Is.True, "the system did not come to rest");
            Assert.That(report.Kills, Is.GreaterThanOrEqualTo(20));
            Assert.That(report.Commands, Is.GreaterThan(10_000), "the producer did not get enough committed");
            Assert.That(report.Lost, Is.Zero, "commands whose effect is missing");
            Assert.That(report.Duplicated, Is.Zero, "effects done more than once");
            Assert.That(report.Ghosts, Is.Zero, "effects of commands that never committed");
            Assert.That(report.Waiting, Is.Zero, "messages left in the outbox");
            Assert.That(report.InErrorQueues, Is.Zero, "messages in error queues");
        }
    }

    [TestCase("no-inbox")]
    [TestCase("delete-first")]
    [CancelAfter(120_000)]
    public async Task A_mutant_is_caught(string mutant, CancellationToken ct)
    {
        await using var chaos = await ChaosRun.StartAsync(mutant, ct);
        var report = await chaos.RunAsync(new ChaosPlan(Commands: 4000, Kills: 6, DatabaseCrashes: 0, BrokerDrops: 5), ct);
        TestContext.Out.WriteLine(report);
        Assert.That(mutant == "no-inbox" ? report.Duplicated : report.Lost, Is.Positive, "the checks did not see what the mutant broke");
    }
}
