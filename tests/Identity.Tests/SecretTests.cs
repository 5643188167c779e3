using System.Security.Cryptography;
using MedTourism.Identity.Accounts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedTourism.Identity.Tests;

public sealed class SecretTests
{
    private static readonly Secrets Box = With(IdentitySystem.SecretKey);

    [Test]
    public void A_sealed_value_opens_only_in_its_place_and_with_its_key()
    {
        var (mine, other) = (Guid.NewGuid(), Guid.NewGuid());
        var stored = Box.Seal(Secrets.TotpOf(mine), "JBSWY3DP");
        Assert.Multiple(() =>
        {
            Assert.That(stored, Does.Not.Contain("JBSWY3DP"));
            Assert.That(Box.Seal(Secrets.TotpOf(mine), "JBSWY3DP"), Is.Not.EqualTo(stored), "the same value twice does not show");
            Assert.That(Box.Open(Secrets.TotpOf(mine), stored), Is.EqualTo("JBSWY3DP"));
            Assert.That(() => Box.Open(Secrets.TotpOf(other), stored), Throws.InstanceOf<CryptographicException>());
            Assert.That(() => With("another secret, just as long as that").Open(Secrets.TotpOf(mine), stored), Throws.InstanceOf<CryptographicException>());
            Assert.That(() => With("short"), Throws.InvalidOperationException);
        });
    }

    [Test]
    public async Task What_an_older_release_stored_openly_is_sealed_at_start_and_goes_on_to_work()
    {
        var (_, admin, _) = await Shared.AdmitAsync("agency");
        var stored = await StoredAsync(admin);
        Assert.That(Secrets.IsSealed(stored), Is.True, "enrolment seals");
        await Shared.System.ScalarAsync<object>("UPDATE accounts SET totp_secret = $2 WHERE email = $1", admin.Email, admin.Secret!);

        await using var source = NpgsqlDataSource.Create(Shared.System.Accounts.ConnectionString);
        await new SealSecrets(source, Shared.System.Accounts.Services.GetRequiredService<Secrets>()).StartAsync(CancellationToken.None);

        stored = await StoredAsync(admin);
        Assert.That(Secrets.IsSealed(stored), Is.True);
        Assert.That(stored, Does.Not.Contain(admin.Secret!));
        Assert.That((await Shared.System.SignInAsync(admin)).Text("access_token"), Is.Not.Empty, "the authenticator app still fits");
        Assert.That(await Shared.System.ScalarAsync<long>("SELECT count(*) FROM data_protection_keys WHERE xml LIKE '%<%'"), Is.Zero);
        Assert.That(await Shared.System.ScalarAsync<long>("SELECT count(*) FROM sign_ins WHERE pending_secret NOT LIKE 'v1:%'"), Is.Zero);
    }

    private static async Task<string> StoredAsync(Person person) =>
        (await Shared.System.ScalarAsync<string>("SELECT totp_secret FROM accounts WHERE email = $1", person.Email))!;

    private static Secrets With(string secret) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("Identity:SecretKey", secret)]).Build());
}
