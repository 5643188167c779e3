using System.Net;
using System.Net.Sockets;
using MedTourism.ServiceDefaults.Tests.Messaging;
using MedTourism.TestKit;
using Npgsql;

namespace MedTourism.ServiceDefaults.Tests.Schema;

[NonParallelizable]
internal sealed class MigrateAtStartTests
{
    [Test, CancelAfter(120_000)]
    public async Task A_service_that_starts_while_its_database_restarts_waits_for_it(CancellationToken ct)
    {
        await using var postgres = await PrivatePostgres.StartAsync(ct);
        await postgres.QuitAsync(ct);
        using var dead = new TcpListener(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Port);
        dead.Start();
        var starting = Task.Run(() => ServiceUnderTest<Program>.StartAsync("chaos", database: postgres.ConnectionString), ct);
        using (await dead.AcceptTcpClientAsync(ct))
        {
            dead.Stop(); // the service has tried, and was refused
        }

        await postgres.UpAsync(ct);
        await using var service = await starting;
        using var answer = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
