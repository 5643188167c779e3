using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using MedTourism.Booking.ICalendar;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Fetches calendars from addresses that clinics name. It connects to public internet addresses only: the name is resolved once, every address it has is
/// looked at, and the connection goes to one of those. No redirects, proxies, cookies or kept connections; sizes and times are capped.
/// </summary>
public sealed class CalendarSource : IDisposable
{
    private const int LongestUrl = 2_000;

    private readonly HttpClient _client;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly bool _allowLoopback;

    public CalendarSource(IOptions<ImportOptions> options, IHostEnvironment environment, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _allowLoopback = options.Value.AllowLoopback;
        if (_allowLoopback && !environment.IsDevelopment())
        {
            throw new InvalidOperationException("The setting 'Booking:Imports:AllowLoopback' is for tests and development only.");
        }

        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 16,
            // No trace of an address that may hold a secret, and no trace headers for strangers.
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            DefaultRequestHeaders = { { "User-Agent", "MedTourism-Calendar-Import/1" }, { "Accept", "text/calendar, */*;q=0.1" } },
        };
    }

    /// <summary>A calendar as it was sent; without a body if it has not changed since <c>etag</c>.</summary>
    public sealed record Fetched(byte[]? Body, string? Etag);

    /// <summary>Reads an address as clinics paste it; <c>webcal:</c> is what calendar programs call https.</summary>
    /// <exception cref="CalendarRefusedException"><c>url-malformed</c>, <c>url-not-https</c>, <c>url-with-password</c>.</exception>
    public Uri Check(string? text)
    {
        text = text?.Trim() ?? string.Empty;
        text = text.StartsWith("webcal://", StringComparison.OrdinalIgnoreCase) ? $"https{text[6..]}" : text;
        if (text.Length is 0 or > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw new CalendarRefusedException("url-malformed", $"This is not a web address of at most {LongestUrl} characters.", LongestUrl);
        }

        if (url.Scheme != Uri.UriSchemeHttps && !(_allowLoopback && url is { Scheme: "http", IsLoopback: true }))
        {
            throw new CalendarRefusedException("url-not-https", "The address must begin with https://.");
        }

        return url.UserInfo.Length == 0 ? url : throw new CalendarRefusedException("url-with-password", "The address must not contain a user name or password.");
    }

    /// <summary>The addresses of a host, if it is one that may be read.</summary>
    /// <exception cref="CalendarRefusedException"><c>host-unknown</c> or <c>private-address</c>.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(host);
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, ct);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            addresses = [];
        }

        if (addresses.Length == 0)
        {
            throw new CalendarRefusedException("host-unknown", "The host of the address is not known.");
        }

        // One private address among public ones is a trick.
        return Array.TrueForAll(addresses, address => PublicAddress.Is(address) || (_allowLoopback && IPAddress.IsLoopback(address)))
            ? addresses
            : throw new CalendarRefusedException("private-address", "The address leads into a private network.");
    }

    /// <exception cref="CalendarRefusedException">
    /// <c>host-unknown</c>, <c>private-address</c>, <c>connect-failed</c>, <c>tls-failed</c>, <c>timed-out</c>, <c>redirected</c>, <c>http-status</c> (its limit is the
    /// status) or <c>too-large</c>. Nothing else is thrown.
    /// </exception>
    public async Task<Fetched> FetchAsync(Uri url, string? etag, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (etag is not null && EntityTagHeaderValue.TryParse(etag, out var known))
            {
                request.Headers.IfNoneMatch.Add(known);
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(_client.Timeout); // the client's own time ends with the headers
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.NotModified => new Fetched(null, etag),
                HttpStatusCode.OK => new Fetched(await ReadAsync(response, patience.Token), response.Headers.ETag?.ToString()),
                >= (HttpStatusCode)300 and < (HttpStatusCode)400 => throw new CalendarRefusedException("redirected", "The address sends on to another one. Enter that one."),
                _ => throw new CalendarRefusedException("http-status", $"The server answers {(int)response.StatusCode}.", (int)response.StatusCode),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CalendarRefusedException("timed-out", "The server takes too long.", (long)_client.Timeout.TotalSeconds);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or AuthenticationException)
        {
            throw Named(exception);
        }
    }

    public void Dispose() => _client.Dispose();

    private static CalendarRefusedException Named(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is CalendarRefusedException refused)
            {
                return refused;
            }

            if (exception is AuthenticationException)
            {
                return new CalendarRefusedException("tls-failed", "The server's certificate is not valid for this address.");
            }
        }

        return new CalendarRefusedException("connect-failed", "The server cannot be reached.");
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > CalendarLimits.Octets)
        {
            throw TooLarge();
        }

        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        return await ReadAsync(stream, ct);
    }

    /// <exception cref="CalendarRefusedException"><c>too-large</c>.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var body = new MemoryStream();
        var part = new byte[16 * 1024];
        for (var read = await stream.ReadAsync(part, ct); read > 0; read = await stream.ReadAsync(part, ct))
        {
            if (body.Length + read > CalendarLimits.Octets)
            {
                throw TooLarge();
            }

            body.Write(part, 0, read);
        }

        return body.ToArray();
    }

    private static CalendarRefusedException TooLarge() =>
        new("too-large", $"The calendar is larger than {CalendarLimits.Octets} octets.", CalendarLimits.Octets);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
