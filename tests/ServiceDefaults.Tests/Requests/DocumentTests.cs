using System.Net;
using System.Text.Json.Nodes;
using MedTourism.TestKit;

namespace MedTourism.ServiceDefaults.Tests.Requests;

internal sealed class DocumentTests
{
    [Test]
    public async Task The_document_of_the_interface_is_open_and_so_is_its_page_where_it_is_switched_on()
    {
        await using var service = await ServiceUnderTest<Program>.StartAsync("chaos", [new("OpenApi:Ui", "true")]);
        var document = JsonNode.Parse(await service.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        using var page = await service.Client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)document!["openapi"], Does.StartWith("3.1"));
            Assert.That(document["paths"]!["/things"], Is.Not.Null);
            Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task The_page_is_not_there_in_production_unless_switched_on()
    {
        await using var service = await ServiceUnderTest<Program>.StartAsync("chaos", [new("environment", "Production")]);
        using var page = await service.Client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative));
        Assert.That(page.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
    }
}
