using System.Net;

namespace MedTourism.Catalog.Tests.Entry;

public sealed class EntryTests
{
    [TestCase("DE", "2026-12-01", 30)]
    [TestCase("IN", "2026-12-01", 14)]
    [TestCase("RU", "2026-12-01", 90)]
    [TestCase("TR", "2025-01-01", 30)]
    [TestCase("TR", "2026-12-01", 90)]
    [TestCase("af", "2026-12-01", 0)]
    public async Task The_rule_of_the_day_is_shown(string country, string on, int days)
    {
        var rule = await Running.GetAsync($"/visa-rules?country={country}&on={on}");
        Assert.That(rule.GetProperty("visaFreeDays").GetInt32(), Is.EqualTo(days));
        Assert.That(rule.Text("checkedOn"), Is.EqualTo("2026-03-10"));
    }

    [Test]
    public async Task A_country_without_a_rule_on_file_is_not_guessed()
    {
        var problem = await Running.App.GetJsonAsync("/visa-rules?country=BR&on=2026-12-01", HttpStatusCode.NotFound);
        Assert.That(problem.Text("type"), Is.EqualTo("urn:medtourism:problem:visa-rule-unknown"));
    }

    [TestCase("country=ZZ&on=2026-12-01", "country")]
    [TestCase("on=2026-12-01", "country")]
    [TestCase("country=DE&on=tomorrow", "on")]
    public async Task Wrong_parameters_are_named(string query, string field)
    {
        var problem = await Running.App.GetJsonAsync("/visa-rules?" + query, HttpStatusCode.UnprocessableEntity);
        Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task Constitution_day_moved_to_march_and_computed_days_say_so()
    {
        var days = (await Running.GetAsync("/holidays?year=2027")).EnumerateArray().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(days.Select(day => day.Text("date")), Does.Contain("2027-03-15").And.Not.Contain("2027-08-30"));
            Assert.That(days.Select(day => day.GetProperty("official").GetBoolean()), Has.None.True);
            Assert.That((await Running.GetAsync("/holidays?year=2026")).GetArrayLength(), Is.EqualTo(18));
        }
    }

    [Test]
    public async Task Countries_have_names_in_every_language_of_the_pages()
    {
        var countries = await Running.GetAsync("/countries?culture=ar");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(countries.GetArrayLength(), Is.GreaterThan(240));
            Assert.That(countries.EnumerateArray().Select(country => country.GetProperty("name").Text("lang")), Is.All.EqualTo("ar"));
        }
    }
}
