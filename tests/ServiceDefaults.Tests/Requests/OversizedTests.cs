using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MedTourism.TestKit;

namespace MedTourism.ServiceDefaults.Tests.Requests;

internal sealed class OversizedTests
{
    // More than the buffers of both ends hold: who writes it all has been read.
    private const int MoreThanBuffers = 7_500_000;
    private ServiceUnderTest<Program> _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _service = await ServiceUnderTest<Program>.StartAsync("chaos");

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task Who_writes_all_of_a_body_that_is_too_large_before_reading_gets_the_answer_and_keeps_the_connection()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var client = await ConnectAsync();
            await using var stream = client.GetStream();
            await stream.WriteAsync(Head(MoreThanBuffers));
            var part = new byte[16 * 1024];
            for (var left = MoreThanBuffers; left > 0; left -= part.Length)
            {
                await stream.WriteAsync(part.AsMemory(0, Math.Min(left, part.Length)));
            }

            var answer = await ReadAsync(stream);
            Assert.That(answer, Does.StartWith("HTTP/1.1 413 ").And.Contain("urn:medtourism:problem:body-too-large"));
            await stream.WriteAsync(Head(2));
            await stream.WriteAsync("{}"u8.ToArray());
            Assert.That(await ReadAsync(stream), Does.StartWith("HTTP/1.1 400 "), "the next request on the same connection, without its key");
        }));
    }

    [Test]
    public async Task Who_sends_chunks_without_saying_how_many_is_read_to_the_end_answered_and_keeps_the_connection()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var client = await ConnectAsync();
            await using var stream = client.GetStream();
            await stream.WriteAsync(ChunkedHead);
            await WriteChunksAsync(stream, MoreThanBuffers);
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray());

            var answer = await ReadAsync(stream);
            Assert.That(answer, Does.StartWith("HTTP/1.1 413 ").And.Contain("urn:medtourism:problem:body-too-large").And.Contain("\"limit\":262144"));
            await stream.WriteAsync(ChunkedHead);
            await stream.WriteAsync("2\r\n{}\r\n0\r\n\r\n"u8.ToArray());
            Assert.That(await ReadAsync(stream), Does.StartWith("HTTP/1.1 400 "), "the next request on the same connection, small enough but without its key");
        }));
    }

    [Test]
    public async Task Who_never_ends_a_body_of_chunks_is_cut_off()
    {
        using var client = await ConnectAsync();
        await using var stream = client.GetStream();
        await stream.WriteAsync(ChunkedHead);
        Assert.ThrowsAsync<IOException>(() => WriteChunksAsync(stream, 100 * MoreThanBuffers));
    }

    [TestCase("Expect: 100-continue\r\n", MoreThanBuffers, Description = "The client waits for our word, and gets the answer instead.")]
    [TestCase("", 2_000_000_000, Description = "Too much to read just to be polite.")]
    public async Task Who_has_sent_the_head_only_is_answered_at_once(string header, int length)
    {
        using var client = await ConnectAsync();
        await using var stream = client.GetStream();
        await stream.WriteAsync(Head(length, header));
        Assert.That(await ReadAsync(stream), Does.StartWith("HTTP/1.1 413 ").And.Contain("urn:medtourism:problem:body-too-large"));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { SendBufferSize = 16 * 1024, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
        await client.ConnectAsync(_service.Address.Host, _service.Address.Port);
        return client;
    }

    private static byte[] ChunkedHead => "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

    /// <summary>Spaces, which may stand before any JSON, so that nothing but their number is wrong.</summary>
    private static async Task WriteChunksAsync(NetworkStream stream, int length)
    {
        var chunk = Encoding.ASCII.GetBytes($"4000\r\n{new string(' ', 0x4000)}\r\n");
        for (var left = length; left > 0; left -= 0x4000)
        {
            await stream.WriteAsync(chunk);
        }
    }

    private static byte[] Head(int length, string header = "") => Encoding.ASCII.GetBytes(
        $"POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}Content-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");

    /// <summary>One answer: its head, and as much body as that says.</summary>
    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var (text, part) = (new StringBuilder(), new byte[4096]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!IsWhole(text.ToString()))
        {
            var read = await stream.ReadAsync(part, patience.Token);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(part, 0, read));
        }

        return text.ToString();

        static bool IsWhole(string answer)
        {
            var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0)
            {
                return false;
            }

            var said = answer[..head].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            return said is null
                ? answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
                : answer.Length - head - 4 >= int.Parse(said["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }
    }
}
