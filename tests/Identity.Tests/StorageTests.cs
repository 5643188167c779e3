using System.Text.Json;
using MedTourism.Identity.Pages;
using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Identity.Tests;

public sealed class StorageTests
{
    [Test]
    public async Task The_model_and_the_schema_agree()
    {
        await using var scope = Shared.System.Accounts.Services.CreateAsyncScope();
        Assert.That(await SchemaAgreement.Check(scope.ServiceProvider.GetRequiredService<IdentityDb>()), Is.GreaterThan(50));
    }

    [TestCase("UPDATE audit SET kind = 'nothing'")]
    [TestCase("DELETE FROM audit")]
    [TestCase("TRUNCATE audit")]
    public async Task The_audit_trail_cannot_be_changed(string sql)
    {
        var before = await Shared.System.ScalarAsync<long>("SELECT count(*) FROM audit");
        Assert.That(before, Is.Positive);
        Assert.That(() => Shared.System.ScalarAsync<object>(sql), Throws.InstanceOf<PostgresException>());
        Assert.That(await Shared.System.ScalarAsync<long>("SELECT count(*) FROM audit"), Is.GreaterThanOrEqualTo(before));
    }

    [Test]
    public async Task Every_text_is_there_in_every_language()
    {
        var folder = Path.Combine(TestServers.RepositoryRoot, "services/Identity/Locales");
        var keys = new Dictionary<string, string[]>();
        foreach (var (culture, _) in Texts.Cultures)
        {
            await using var stream = File.OpenRead(Path.Combine(folder, $"{culture}.json"));
            var texts = (await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(stream))!;
            Assert.That(texts.Values, Has.None.Empty);
            Assert.That(culture == "en" || texts.GetValueOrDefault("_review")?.Contains("review", StringComparison.Ordinal) == true, culture);
            keys[culture] = [.. texts.Keys.Where(key => key[0] != '_').Order(StringComparer.Ordinal)];
        }

        Assert.That(keys.Values, Is.All.EqualTo(keys["en"]));
    }
}
