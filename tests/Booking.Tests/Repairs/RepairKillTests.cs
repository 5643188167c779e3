using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.Booking.Tests.Repairs;

/// <summary>A second Booking service, in a process of its own, dies by force in the middle of a repair; the first one finishes it.</summary>
public sealed class RepairKillTests
{
    [Test]
    public async Task A_service_killed_in_mid_repair_leaves_whole_patients_and_another_goes_on()
    {
        var ward = await Ward.OpenAsync();
        var patients = await ward.CoursesAsync(6);
        var (_, repair) = await ward.DownAsync(0, 4);
        await ward.ChooseAsync(repair);
        var victim = (Guid)(await Market.ScalarAsync("SELECT booking_id FROM repair_patients WHERE repair_id = $1 AND position = 3", repair))!;
        var before = await Ward.SnapshotAsync(victim);

        // The fourth patient's transaction has moved every session and waits at this gate, so that the kill is surely in its middle.
        var gate = BitConverter.ToInt64(repair.ToByteArray(), 8);
        await using var keeper = new NpgsqlConnection($"{Running.App.ConnectionString};Pooling=false");
        await keeper.OpenAsync();
        await RunAsync(keeper, $"SELECT pg_advisory_lock({gate})");
        await Market.ScalarAsync(
            $"""
            CREATE FUNCTION gate_{repair:N}() RETURNS trigger LANGUAGE plpgsql AS $gate$
            BEGIN
                IF NEW.booking_id = '{victim}' AND NEW.state = 'applied' THEN PERFORM pg_advisory_xact_lock({gate}); END IF;
                RETURN NEW;
            END $gate$;
            CREATE TRIGGER gate_{repair:N} AFTER UPDATE ON repair_patients FOR EACH ROW EXECUTE FUNCTION gate_{repair:N}();
            """);
        using (var service = Start(out var address))
        {
            using var http = new HttpClient { BaseAddress = address };
            await Eventually.That(() => IsReadyAsync(http), "The second service did not become ready.", TimeSpan.FromSeconds(90));
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ward.Scheduler);
            http.DefaultRequestHeaders.Add("Idempotency-Key", $"{repair}");
            var apply = http.PostAsync(new Uri($"/clinic/repairs/{repair}/apply", UriKind.Relative), null);
            await Eventually.That(
                async () => await ward.Market.CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND (classid::bigint << 32 | objid::bigint) = $1", gate) == 1,
                "The fourth patient's transaction did not come to the gate.");
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync();
            Assert.That(async () => await apply, Throws.InstanceOf<HttpRequestException>());
        }

        await RunAsync(keeper, $"SELECT pg_advisory_unlock({gate})");
        await Market.ScalarAsync($"DROP FUNCTION gate_{repair:N} CASCADE"); // waits for the dead service's transaction to be rolled back
        Assert.That(await ward.AppliedAsync(repair), Is.EqualTo(3), "those before the kill are whole");
        Assert.That(await Ward.SnapshotAsync(victim), Is.EqualTo(before), "nothing is left of the one it happened in");
        Assert.That(await ward.AgreesAsync());

        await Ward.Work.ForRepairAsync(repair, CancellationToken.None);
        Assert.That(await ward.AppliedAsync(repair), Is.EqualTo(patients.Count));
        Assert.That(await ward.AgreesAsync());
        foreach (var patient in patients)
        {
            Assert.That(
                (await ward.Market.CountAsync("SELECT count(*) FROM sessions WHERE booking_id = $1 AND sequence = 1", patient.Id),
                    await ward.Market.CountAsync("SELECT count(*) FROM booking_events WHERE booking_id = $1 AND kind = 'moved'", patient.Id)),
                Is.EqualTo((1, 1)), "moved once");
        }
    }

    /// <summary>The same database, broker and issuer as the service under test.</summary>
    private static Process Start(out Uri address)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        }

        var file = typeof(Program).Assembly.Location;
        return Process.Start(new ProcessStartInfo("dotnet", [file])
        {
            WorkingDirectory = Path.GetDirectoryName(file),
            Environment =
            {
                ["ASPNETCORE_URLS"] = address.AbsoluteUri,
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Logging__LogLevel__Default"] = "Error",
                ["ConnectionStrings__Database"] = Running.App.ConnectionString,
                ["ConnectionStrings__RabbitMq"] = Running.App.BrokerUri,
                ["Identity__Authority"] = Running.App.Tokens.Issuer,
                ["Booking__SecretKey"] = Running.SecretKey,
                ["Booking__SweepSeconds"] = "3600",
                ["Demo"] = "false",
            },
        })!;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
