using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace MedTourism.Web.Tests;

/// <summary>The real web project in front of <see cref="Services"/>, and a browser without scripts.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> factory;

    private Browser(Services services, Action<IWebHostBuilder>? also)
    {
        Services = services;
        factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseEnvironment("Development");
            foreach (var name in new[] { "Catalog", "Booking", "Payment", "Referral" })
            {
                host.UseSetting($"Services:{name}", $"{services.Url}/");
            }

            host.UseSetting("Web:PublicUrl", "https://site.example");
            host.UseSetting("Payment:Origins", "https://pay.example");
            host.UseSetting("Demo", "true");
            also?.Invoke(host);
        });
        Http = factory.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });
    }

    public Services Services { get; }
    public HttpClient Http { get; }

    public static async Task<Browser> OpenAsync(Action<IWebHostBuilder>? also = null) => new(await Services.StartAsync(), also);

    public async Task<(HttpResponseMessage Response, IHtmlDocument Page, string Html)> GetAsync(string path)
    {
        var response = await Http.GetAsync(path);
        return await ReadAsync(response);
    }

    /// <summary>Sends the form with everything it holds and the given answers, as a browser would.</summary>
    public async Task<(HttpResponseMessage Response, IHtmlDocument Page, string Html)> SubmitAsync(IHtmlDocument page, string path, string form, params (string Name, string Value)[] answers)
    {
        var element = (IHtmlFormElement)(page.QuerySelector(form) ?? throw new AssertionException($"No {form} on {path}"));
        var fields = element.QuerySelectorAll("input[type=hidden]").Cast<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (name, value) in answers)
        {
            fields[name] = value;
        }

        using var content = new FormUrlEncodedContent(fields);
        return await ReadAsync(await Http.PostAsync(element.GetAttribute("action") ?? path, content));
    }

    /// <summary>Says on the page of a cycle when the period is expected, and follows to the answer; without the page, tries it all the same.</summary>
    public async Task<(HttpResponseMessage Response, IHtmlDocument Page, string Html)> AskDayAsync(string path, string day)
    {
        var (response, page, html) = await GetAsync(path);
        if (page.QuerySelector("form[action$='/cycle/day']") is null)
        {
            return (response, page, html);
        }

        var (asked, _, _) = await SubmitAsync(page, path, "form[action$='/cycle/day']", ("day1", day));
        Assert.That(asked.Headers.Location!.ToString(), Is.EqualTo(path), "the day is in no address");
        return await GetAsync(path);
    }

    /// <summary>Finds the booking as its patient does, so that this browser may open it.</summary>
    public async Task FindBookingAsync()
    {
        var (_, form, _) = await GetAsync("/en/find-booking");
        var (asked, _, _) = await SubmitAsync(form, "/en/find-booking", "form[method=post]", ("reference", "kz4f7q92"), ("dob-d", "3"), ("dob-m", "4"), ("dob-y", "1978"));
        Assert.That(asked.Headers.Location!.ToString(), Is.EqualTo("/en/find-booking/code"));
        var (_, code, _) = await GetAsync("/en/find-booking/code");
        var (wrong, again, _) = await SubmitAsync(code, "/en/find-booking/code", "form[method=post]", ("code", "000000"));
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        var (found, _, _) = await SubmitAsync(again, "/en/find-booking/code", "form[method=post]", ("code", "123 456"));
        Assert.That(found.Headers.Location!.ToString(), Is.EqualTo($"/en/booking/{Services.Booking}"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await factory.DisposeAsync();
        await Services.DisposeAsync();
    }

    private static async Task<(HttpResponseMessage, IHtmlDocument, string)> ReadAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        return (response, await new HtmlParser().ParseDocumentAsync(html), html);
    }
}
