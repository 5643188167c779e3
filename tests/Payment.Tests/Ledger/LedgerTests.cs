using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace MedTourism.Payment.Tests.Ledger;

public sealed class LedgerTests
{
    private static PaymentRig Rig => SharedRig.Rig;

    [Test]
    public async Task Every_transaction_and_every_currency_sums_to_zero()
    {
        await Rig.PaidBookingAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(await Rig.ScalarAsync<long>("SELECT count(*) FROM ledger_entry"), Is.GreaterThanOrEqualTo(2));
            Assert.That(
                await Rig.ScalarAsync<long>("SELECT count(*) FROM (SELECT FROM ledger_entry GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0) x"), Is.EqualTo(0));
        });
    }

    [TestCase("UPDATE ledger_entry SET amount_minor = amount_minor + 1")]
    [TestCase("DELETE FROM ledger_entry")]
    [TestCase("TRUNCATE ledger_entry CASCADE")]
    [TestCase("UPDATE ledger_transaction SET kind = 'surplus'")]
    [TestCase("DELETE FROM ledger_transaction")]
    [TestCase("TRUNCATE ledger_transaction CASCADE")]
    public async Task Nothing_in_it_is_ever_changed(string sql)
    {
        await Rig.PaidBookingAsync();
        Assert.That(async () => await Rig.ExecuteAsync(sql), Throws.TypeOf<PostgresException>().With.Message.Contain("append-only"));
    }

    [TestCase("('provider-receivable', 100, 'KZT'), ('deposits-held', -99, 'KZT')")]
    [TestCase("('provider-receivable', 100, 'KZT'), ('deposits-held', -100, 'USD')")]
    [TestCase("('provider-receivable', 100, 'KZT')")]
    [TestCase("")]
    public async Task What_does_not_sum_to_zero_is_refused_at_commit(string entries)
    {
        var booking = await Rig.RequestDepositAsync();
        var lines = entries.Length == 0 ? string.Empty : $"INSERT INTO ledger_entry (transaction_id, account, amount_minor, currency) SELECT t.id, v.* FROM t, (VALUES {entries}) v";
        var sql = $"""
            WITH t AS (INSERT INTO ledger_transaction (id, charge_id, booking_id, kind, subject)
                       SELECT gen_random_uuid(), id, booking_id, 'deposit', 'x' FROM charges WHERE booking_id = '{booking}' RETURNING id)
            {(lines.Length == 0 ? "SELECT * FROM t" : lines)}
            """;
        Assert.That(async () => await Rig.ExecuteAsync(sql.Replace("SELECT t.id, v.* FROM", "SELECT t.id, v.column1, v.column2, v.column3 FROM", StringComparison.Ordinal)),
            Throws.TypeOf<PostgresException>().With.Property(nameof(PostgresException.ConstraintName)).EqualTo("ledger_sums_to_zero")
                .Or.TypeOf<PostgresException>().With.Message.Contain("does not sum to zero"));
    }

    [Test]
    public async Task A_charge_has_one_deposit()
    {
        var booking = await Rig.PaidBookingAsync();
        Assert.That(
            async () => await Rig.ExecuteAsync(
                $"INSERT INTO ledger_transaction (id, charge_id, booking_id, kind, subject) SELECT gen_random_uuid(), id, booking_id, 'deposit', 'again' FROM charges WHERE booking_id = '{booking}'"),
            Throws.TypeOf<PostgresException>().With.Property(nameof(PostgresException.ConstraintName)).EqualTo("ledger_one_deposit_per_charge"));
    }

    [Test]
    public async Task The_operator_sees_it_and_nobody_else()
    {
        var booking = await Rig.PaidBookingAsync();
        var path = new Uri($"/operator/ledger?bookingId={booking}", UriKind.Relative);
        using var anonymous = await Rig.App.Client.GetAsync(path);
        using var clinics = Rig.App.ClientFor(Rig.App.Tokens.For(sub: "clinic-1", orgKind: "clinic", org: Guid.CreateVersion7(), orgRef: "center-1"));
        using var clinic = await clinics.GetAsync(path);
        using var operators = Rig.App.ClientFor(Rig.App.Tokens.For(sub: "operator-1", orgKind: "operator", org: Guid.CreateVersion7()));
        var ledger = await operators.GetFromJsonAsync<JsonElement>(path);
        Assert.Multiple(() =>
        {
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(clinic.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(ledger.GetProperty("transactions").GetArrayLength(), Is.EqualTo(1));
            Assert.That(ledger.GetProperty("balances").EnumerateArray().Sum(balance => balance.GetProperty("amountMinor").GetInt64()), Is.EqualTo(0));
            Assert.That(ledger.GetProperty("balances").EnumerateArray().Select(balance => balance.GetProperty("account").GetString()), Is.EqualTo(new[] { "deposits-held", "provider-receivable" }));
        });
    }
}
