using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MedTourism.Booking.ICalendar;
using MedTourism.Booking.Imports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace MedTourism.Booking.Tests.Imports;

/// <summary>A clinic's URL leads nowhere but to the public internet, whatever it looks like.</summary>
public sealed class CalendarSourceTests
{
    [TestCase("127.0.0.1", false)]
    [TestCase("10.1.2.3", false)]
    [TestCase("100.64.0.1", false)]
    [TestCase("169.254.169.254", false, Description = "metadata of a cloud")]
    [TestCase("100.100.100.200", false, Description = "metadata of another")]
    [TestCase("172.16.0.1", false)]
    [TestCase("172.32.0.1", true)]
    [TestCase("192.168.1.1", false)]
    [TestCase("0.0.0.0", false)]
    [TestCase("224.0.0.1", false)]
    [TestCase("255.255.255.255", false)]
    [TestCase("93.184.216.34", true)]
    [TestCase("::1", false)]
    [TestCase("::", false)]
    [TestCase("::ffff:127.0.0.1", false, Description = "IPv4 mapped into IPv6")]
    [TestCase("::ffff:93.184.216.34", true)]
    [TestCase("::127.0.0.1", false)]
    [TestCase("64:ff9b::7f00:1", false, Description = "translated IPv4")]
    [TestCase("2002:7f00:1::", false, Description = "6to4 of 127.0.0.1")]
    [TestCase("2001:0:4136:e378:8000:63bf:3fff:fdd2", false, Description = "Teredo")]
    [TestCase("fe80::1", false)]
    [TestCase("fe80::1%1", false)]
    [TestCase("fd00:ec2::254", false)]
    [TestCase("ff02::1", false)]
    [TestCase("2606:2800:220:1:248:1893:25c8:1946", true)]
    public void Only_global_addresses_are_public(string address, bool isPublic) => Assert.That(PublicAddress.Is(IPAddress.Parse(address)), Is.EqualTo(isPublic));

    [TestCase("http://calendar.example/x.ics", "url-not-https")]
    [TestCase("ftp://calendar.example/x.ics", "url-not-https")]
    [TestCase("file:///etc/passwd", "url-malformed")]
    [TestCase("gopher://calendar.example/", "url-not-https")]
    [TestCase("https://user:secret@calendar.example/", "url-with-password")]
    [TestCase("https://calendar.example@127.0.0.1/", "url-with-password")]
    [TestCase("/x.ics", "url-malformed|url-not-https")]
    [TestCase("https://", "url-malformed")]
    [TestCase("", "url-malformed")]
    [TestCase(null, "url-malformed")]
    public void Other_addresses_than_plain_https_are_refused(string? url, string codes)
    {
        using var source = Source();
        Assert.That(codes.Split('|'), Does.Contain(Assert.Throws<CalendarRefusedException>(() => source.Check(url))!.Code));
    }

    [Test]
    public void What_calendar_programs_call_webcal_is_https()
    {
        using var source = Source();
        Assert.That(source.Check("webcal://calendar.example/x.ics").AbsoluteUri, Is.EqualTo("https://calendar.example/x.ics"));
    }

    [TestCase("https://127.0.0.1:PORT/")]
    [TestCase("https://2130706433:PORT/", Description = "decimal")]
    [TestCase("https://0x7f000001:PORT/", Description = "hexadecimal")]
    [TestCase("https://0177.0.0.1:PORT/", Description = "octal")]
    [TestCase("https://127.1:PORT/")]
    [TestCase("https://0:PORT/")]
    [TestCase("https://[::1]:PORT/")]
    [TestCase("https://[::ffff:127.0.0.1]:PORT/")]
    [TestCase("https://[::ffff:7f00:1]:PORT/")]
    [TestCase("https://localhost:PORT/")]
    [TestCase("https://LOCALHOST.:PORT/")]
    [TestCase("https://①②⑦.⓪.⓪.①:PORT/", Description = "digits in circles, which names are mapped from")]
    [TestCase("https://calendar.example:PORT/", Description = "a name that resolves to 127.0.0.1")]
    [TestCase("https://mixed.example:PORT/", Description = "a public address and a private one")]
    [TestCase("https://mapped.example:PORT/")]
    public async Task No_spelling_of_a_private_address_is_connected_to(string text)
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        listener.Start();
        using var source = Source(resolve: (host, ct) => host switch
        {
            "calendar.example" => Task.FromResult(new[] { IPAddress.Loopback }),
            "mixed.example" => Task.FromResult(new[] { IPAddress.Parse("93.184.216.34"), IPAddress.Loopback }),
            "mapped.example" => Task.FromResult(new[] { IPAddress.Loopback.MapToIPv6() }),
            _ => Dns.GetHostAddressesAsync(host, ct),
        });
        var code = await CodeAsync(source, text.Replace("PORT", $"{((IPEndPoint)listener.LocalEndpoint).Port}", StringComparison.Ordinal));
        Assert.That(code, Is.EqualTo("private-address").Or.EqualTo("url-malformed").Or.EqualTo("host-unknown"));
        Assert.That(listener.Pending(), Is.False, "nobody knocked");
    }

    [Test]
    public async Task A_name_is_resolved_once_and_the_connection_goes_where_that_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = 0;

        // A name server that tells who asks again another address, after the first one was looked at.
        using var source = Source(loopback: true, timeout: 2, resolve: (_, _) => Task.FromResult(new[] { ++asked == 1 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.2") }));
        var code = await CodeAsync(source, $"https://rebind.example:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        Assert.That((asked, listener.Pending(), code), Is.EqualTo((1, true, "timed-out")), "it knocked at the first address; nobody there speaks TLS");
    }

    [Test]
    public async Task No_redirect_is_followed()
    {
        await using var inner = await OtherSystem.StartAsync();
        await using var outer = await OtherSystem.StartAsync();
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            outer.Answer = http =>
            {
                (http.Response.StatusCode, http.Response.Headers.Location) = (status, inner.Url.AbsoluteUri);
                return Task.CompletedTask;
            };
            using var source = Source(loopback: true);
            Assert.That(await CodeAsync(source, outer.Url.AbsoluteUri), Is.EqualTo("redirected"));
        }

        Assert.That((outer.Asked, inner.Asked), Is.EqualTo((5, 0)));
    }

    [Test]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(Market.Now.AddDays(-1), Market.Now.AddDays(1));
        await using var other = await OtherSystem.StartAsync(host => host.UseKestrelHttpsConfiguration().UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));
        using var source = Source(loopback: true);
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("tls-failed"));
        Assert.That(other.Asked, Is.Zero);
    }

    [Test]
    public async Task Size_and_time_have_limits()
    {
        await using var other = await OtherSystem.StartAsync();
        using var source = Source(loopback: true, timeout: 1);
        other.Answer = async http =>
        {
            var part = new byte[64 * 1024];
            for (var i = 0; i < 1000 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }
        };
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("too-large"), "whether or not it says its length");
        other.Answer = http => http.Response.Body.WriteAsync(new byte[3_000_000], http.RequestAborted).AsTask();
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("too-large"));
        var hanging = new TaskCompletionSource();
        other.Answer = http => hanging.Task.WaitAsync(http.RequestAborted);
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("timed-out"), "before the first octet");
        other.Answer = async http =>
        {
            await http.Response.Body.WriteAsync("BEGIN:VCALENDAR"u8.ToArray(), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await hanging.Task.WaitAsync(http.RequestAborted);
        };
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("timed-out"), "and after it");
        other.Answer = http =>
        {
            http.Response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        };
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("http-status"));
        other.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        Assert.That(await CodeAsync(source, other.Url.AbsoluteUri), Is.EqualTo("connect-failed"));
        hanging.SetResult();
    }

    [Test]
    public void Loopback_is_for_development_only() =>
        Assert.Throws<InvalidOperationException>(() => Source(loopback: true, environment: "Production").Dispose());

    [Test]
    public async Task The_service_refuses_an_address_by_name_when_it_is_entered()
    {
        var (market, guest) = (await Market.OpenAsync(), Market.NewGuest());
        var resource = (await Clinic.ResourcesAsync(guest, market.CenterId))[0];
        foreach (var (url, code) in new[] { ("https://169.254.169.254/latest/meta-data", "private-address"), ("https://3232235777/", "private-address"), ("http://calendar.example/", "url-not-https") })
        {
            var refused = await guest.SendAsync(HttpMethod.Post, "/clinic/imports", new { resourceId = resource, url }, token: Clinic.Token(market.CenterId));
            Assert.That((refused.Slug, refused.Text("code")), Is.EqualTo(("import-url-refused", code)), url);
        }

        Assert.That(await market.CountAsync("SELECT count(*) FROM imports WHERE center_id = $1", market.CenterId), Is.Zero);
    }

    private static CalendarSource Source(
        bool loopback = false, int timeout = 5, string environment = "Development", Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        var options = Options.Create(new ImportOptions { AllowLoopback = loopback, TimeoutSeconds = timeout });
        return new CalendarSource(options, new HostingEnvironment { EnvironmentName = environment }, resolve);
    }

    private static async Task<string> CodeAsync(CalendarSource source, string url)
    {
        try
        {
            await source.FetchAsync(source.Check(url), null, CancellationToken.None);
            return "read";
        }
        catch (CalendarRefusedException refused)
        {
            return refused.Code;
        }
    }
}
