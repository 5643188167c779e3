using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit.Serialization;
using MedTourism.TestKit;

namespace MedTourism.ServiceDefaults.Tests.Contracts;

/// <summary>What one build sends, every later build must be able to read.</summary>
internal sealed class ContractTests
{
    private static readonly string Folder = Path.Combine(TestServers.RepositoryRoot, "services", "Contracts");
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_CONTRACTS") == "1";

    public static IEnumerable<Type> Messages => AsyncApiDocument.Messages;

    [Test]
    public void The_committed_document_describes_the_messages_as_they_are()
    {
        var path = Path.Combine(Folder, "asyncapi.json");
        var built = AsyncApiDocument.Build().ToJsonString(Pretty) + "\n";
        if (Update)
        {
            File.WriteAllText(path, built);
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo(built), "Run the test with UPDATE_CONTRACTS=1 and commit services/Contracts/asyncapi.json.");
    }

    [Test]
    public async Task The_document_is_valid_AsyncAPI()
    {
        var node = Path.Combine(TestServers.RepositoryRoot, "tests", "ServiceDefaults.Tests", "node");
        using var parser = Process.Start(new ProcessStartInfo("node", ["validate.mjs", Path.Combine(Folder, "asyncapi.json")])
        {
            WorkingDirectory = node,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = parser.StandardError.ReadToEndAsync();
        var output = await parser.StandardOutput.ReadToEndAsync();
        await parser.WaitForExitAsync();
        Assert.That(parser.ExitCode, Is.Zero, output + await errors);
        Assert.That(output, Does.Contain($"{AsyncApiDocument.Messages.Count} messages"));
    }

    [TestCaseSource(nameof(Messages))]
    public void A_message_sent_by_an_earlier_build_is_still_read_whole(Type message)
    {
        var path = Path.Combine(Folder, "golden", $"{message.Namespace!.Split('.')[^1]}.{message.Name}.json");
        if (Update && !File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Sample.Of(message).ToJsonString(Pretty) + "\n");
        }

        Assert.That(path, Does.Exist, "A new message needs its golden example: run with UPDATE_CONTRACTS=1 and commit it.");
        var golden = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var read = JsonSerializer.SerializeToNode(
            JsonSerializer.Deserialize(golden, message, SystemTextJsonMessageSerializer.Options), message, SystemTextJsonMessageSerializer.Options)!.AsObject();
        foreach (var (name, value) in golden)
        {
            Assert.That(JsonNode.DeepEquals(read[name], value), Is.True, $"'{name}' was {value?.ToJsonString()} and is read as {read[name]?.ToJsonString()}");
        }
    }
}
