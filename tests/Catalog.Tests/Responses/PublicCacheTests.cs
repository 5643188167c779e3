using System.Net;
using System.Net.Http.Headers;

namespace MedTourism.Catalog.Tests.Responses;

public sealed class PublicCacheTests
{
    [Test]
    public async Task An_answer_may_be_kept_a_minute_and_is_not_sent_twice()
    {
        using var first = await Running.App.Client.GetAsync(new Uri("/offers?line=nuclear&culture=fr", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/offers?line=nuclear&culture=fr");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await Running.App.Client.SendAsync(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Headers.CacheControl, Is.EqualTo(new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromSeconds(60) }));
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(second.Headers.ETag, Is.EqualTo(first.Headers.ETag));
        }
    }

    [Test]
    public async Task A_kept_answer_differs_by_what_was_asked_and_not_by_what_we_do_not_know()
    {
        using var first = await Running.App.Client.GetAsync(new Uri("/lines?culture=ru", UriKind.Relative));
        using var invented = await Running.App.Client.GetAsync(new Uri("/lines?culture=ru&buster=1", UriKind.Relative));
        using var other = await Running.App.Client.GetAsync(new Uri("/lines?culture=kk", UriKind.Relative));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(invented.Headers.Age, Is.Not.Null, "It should come from memory.");
            Assert.That(other.Headers.ETag, Is.Not.EqualTo(first.Headers.ETag));
        }
    }

    [Test]
    public async Task A_refusal_is_not_kept()
    {
        using var refused = await Running.App.Client.GetAsync(new Uri("/offers?line=nothing", UriKind.Relative));
        Assert.That(refused.Headers.ETag, Is.Null);
        Assert.That(refused.Headers.CacheControl?.Public, Is.Not.True);
    }
}
