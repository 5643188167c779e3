using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MedTourism.Notifications.Tests.Support;

/// <summary>A small real SMTP server (RFC 5321) on a loopback port that keeps what it is given.</summary>
public sealed class SmtpCatcher : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedMail> _received = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Task _serving;
    private int _silent;
    private int _busy;

    private SmtpCatcher(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    public IReadOnlyList<ReceivedMail> Received => [.. _received];

    public static SmtpCatcher Start(int port = 0) => new(port);

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return port;
    }

    /// <summary>Takes the next letter but hangs up without saying so, as a server or a network that fails at the worst moment does.</summary>
    public void HangUpAfterNext() => Interlocked.Exchange(ref _silent, 1);

    /// <summary>Refuses the next letters with a temporary failure.</summary>
    public void RefuseNext(int count) => Interlocked.Exchange(ref _busy, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using var _ = client;
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 catcher ready");
            var to = new List<string>();
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("221 bye");
                    return;
                }

                if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
                {
                    to.Add(line[8..].Trim('<', '>', ' '));
                }

                if (!line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("250 ok");
                    continue;
                }

                if (Interlocked.Decrement(ref _busy) >= 0)
                {
                    await writer.WriteLineAsync("451 try later");
                    continue;
                }

                await writer.WriteLineAsync("354 go on");
                _received.Enqueue(ReceivedMail.Parse(to, await DataAsync(reader)));
                if (Interlocked.Exchange(ref _silent, 0) == 1)
                {
                    return;
                }

                await writer.WriteLineAsync("250 taken");
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client or the test went away.
        }
    }

    private async Task<string> DataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return data.ToString();
    }
}
