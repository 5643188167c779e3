using System.Diagnostics;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Identity.Tests;

public sealed class KeyTests
{
    private sealed record Seen(string[][] Replicas, string[] Published, string[] Signing, string[] Alone, bool AllSealed, string[] Reopened, string Refusal);

    [Test]
    public async Task A_new_key_is_known_for_a_day_before_it_signs_and_the_old_one_stays_a_week()
    {
        var database = await TestServers.CreateDatabaseAsync("keys");
        var start = new ProcessStartInfo(IdentitySystem.Node, ["keys.mjs", IdentitySystem.PostgresUrl(database)])
        {
            WorkingDirectory = Path.Combine(TestServers.RepositoryRoot, "tests/Identity.Tests/node"),
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var seen = JsonSerializer.Deserialize<Seen>(await process.StandardOutput.ReadToEndAsync(), JsonSerializerOptions.Web)!;
        await process.WaitForExitAsync();
        await TestServers.DropDatabaseAsync(database);

        var old = seen.Replicas[0].Single();
        Assert.That(seen.Replicas, Is.All.EqualTo(new[] { old }), "replicas that start together make one key");
        Assert.That(seen.Published, Has.Length.EqualTo(2));
        Assert.That(seen.Published[0], Is.EqualTo(old), "the new key is published but does not sign yet");
        Assert.That(seen.Signing, Is.EqualTo(new[] { seen.Published[1], old }), "after a day the new key signs and the old one still verifies");
        Assert.That(seen.Alone, Is.EqualTo(new[] { seen.Published[1] }), "after a week more the old key is gone");
        Assert.That(seen.AllSealed, Is.True, "no key lies open in the database, one of an older release neither");
        Assert.That(seen.Reopened, Is.EqualTo(seen.Alone), "a key that was stored openly goes on to sign");
        Assert.That(seen.Refusal, Does.Contain("ENGINE_KEY_SECRET"), "another secret opens nothing and says why");
    }
}
