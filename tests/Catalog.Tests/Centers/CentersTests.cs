using System.Net;

namespace MedTourism.Catalog.Tests.Centers;

public sealed class CentersTests
{
    [Test]
    public async Task A_center_shows_what_is_known_and_from_where()
    {
        var center = await Running.GetAsync("/centers/ncn?culture=kk");
        var listed = center.GetProperty("sources").EnumerateArray().Select(source => source.Text("key")).ToHashSet();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(center.GetProperty("name").Text("text"), Is.EqualTo("«Ұлттық нейрохирургия орталығы» АҚ"));
            Assert.That(center.GetProperty("city").Text("timeZone"), Is.EqualTo("Asia/Almaty"));
            Assert.That(center.GetProperty("equipment").EnumerateArray().Select(machine => (machine.Text("id"), machine.Text("status"))),
                Is.EqualTo(new[] { ("gk-ncn", "open"), ("hybrid-ncn", "planned") }));
            Assert.That(center.GetProperty("facts").EnumerateArray().SelectMany(fact => fact.GetProperty("sources").EnumerateArray()).Select(key => key.GetString()),
                Is.SubsetOf(listed).And.Not.Empty);
            Assert.That(center.GetProperty("offers").GetArrayLength(), Is.EqualTo(19));
        }
    }

    [Test]
    public async Task An_unknown_center_is_a_problem_with_a_name()
    {
        var problem = await Running.App.GetJsonAsync("/centers/nowhere", HttpStatusCode.NotFound);
        Assert.That(problem.Text("type"), Is.EqualTo("urn:medtourism:problem:center-unknown"));
    }

    [Test]
    public async Task Lists_count_the_same_offers()
    {
        var lines = await Running.GetAsync("/lines?culture=fr");
        var cities = await Running.GetAsync("/cities");
        var centers = await Running.GetAsync("/centers");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.GetArrayLength(), Is.EqualTo(16));
            Assert.That(lines[0].Text("id"), Is.EqualTo("reproductive"));
            Assert.That(lines[0].GetProperty("name").Text("lang"), Is.EqualTo("fr"));
            Assert.That(cities.GetArrayLength(), Is.EqualTo(20));
            Assert.That(centers.GetArrayLength(), Is.EqualTo(49));
            Assert.That(lines.EnumerateArray().Sum(line => line.GetProperty("offers").GetInt32()), Is.EqualTo(243));
            Assert.That(cities.EnumerateArray().Sum(city => city.GetProperty("offers").GetInt32()), Is.EqualTo(243));
            Assert.That(cities.EnumerateArray().Sum(city => city.GetProperty("centers").GetInt32()), Is.EqualTo(49));
            Assert.That(cities.EnumerateArray().Sum(city => city.GetProperty("demoCenters").GetInt32()), Is.EqualTo(21));
            Assert.That(centers.EnumerateArray().Sum(center => center.GetProperty("offers").GetInt32()), Is.EqualTo(243));
            Assert.That(centers.EnumerateArray().Count(center => center.GetProperty("demo").GetBoolean()), Is.EqualTo(21));
        }
    }
}
