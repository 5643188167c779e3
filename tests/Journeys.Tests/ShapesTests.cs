namespace MedTourism.Journeys.Tests;

/// <summary>What is passed over by a check of accessibility is what was checked, and nothing else.</summary>
internal sealed class ShapesTests
{
    private const string Page =
        """
        <!doctype html><html lang="en"><head><title>Times on 3 May</title></head><body><main><h1>Times on 3 May</h1>
        <p id="hint-17">Reference KZ-4F7Q-92</p>
        <form action="/holds/0d000000-0000-4000-8000-000000000001"><label for="day-3">Day</label><input id="day-3" name="day" type="text" value="3" aria-describedby="hint-17">
        <ul><li>09:00</li><li>09:30</li><li>10:00</li></ul>
        <p><a href="/en/offers/12">Offer 12</a></p><p><button type="submit" class="btn">Hold</button></p></form></main></body></html>
        """;

    [TestCase("3 May", "14 June")]
    [TestCase("KZ-4F7Q-92", "KZ-2222-11")]
    [TestCase("0d000000-0000-4000-8000-000000000001", "0d000000-0000-4000-8000-0000000000ff")]
    [TestCase("day-3", "day-14")]
    [TestCase("<li>10:00</li>", "<li>10:00</li><li>10:30</li><li>11:00</li>")]
    public async Task What_differs_from_visit_to_visit_is_not_looked_at_again(string part, string other)
    {
        Assert.That(await LooksAsync(part, other), Is.Zero);
    }

    [TestCase("class=\"btn\"", "class=\"btn btn--quiet\"")]
    [TestCase("type=\"submit\"", "type=\"button\"")]
    [TestCase("type=\"submit\"", "type=\"submit\" aria-pressed=\"true\"")]
    [TestCase("type=\"submit\"", "type=\"submit\" disabled")]
    [TestCase("<ul>", "<ul role=\"list\">")]
    [TestCase("<p id", "<p lang=\"fr\" id")]
    [TestCase("<p id", "<p style=\"color: #444\" id")]
    [TestCase("value=\"3\"", "value=\"\"")]
    [TestCase("<h1>Times on 3 May</h1>", "<h2>Times on 3 May</h2>")]
    [TestCase("<li>09:00</li>", "<li><b>09:00</b></li>")]
    public async Task One_changed_attribute_is_looked_at_again(string part, string other)
    {
        Assert.That(await LooksAsync(part, other), Is.EqualTo(1));
    }

    [TestCase("for=\"day-3\"", "")]
    [TestCase("for=\"day-3\"", "for=\"day-4\"")]
    [TestCase("lang=\"en\"", "")]
    [TestCase(">Offer 12<", "> <")]
    [TestCase("<title>Times on 3 May</title>", "")]
    [TestCase("type=\"submit\"", "type=\"submit\" role=\"checkbox\"")]
    public async Task What_is_wrong_is_found_on_a_page_that_was_right_before(string part, string wrong)
    {
        await using var visitor = await Visitor.ArriveAsync("en");
        await visitor.Page.SetContentAsync(Page);
        await visitor.CheckAsync();
        await visitor.Page.SetContentAsync(Page.Replace(part, wrong, StringComparison.Ordinal));
        Assert.ThrowsAsync<AssertionException>(visitor.CheckAsync);
        Assert.ThrowsAsync<AssertionException>(visitor.CheckAsync, "what failed is not known");
    }

    [Test]
    public async Task Another_language_width_or_mode_of_scripts_is_looked_at_for_itself()
    {
        foreach (var (culture, script, width) in new[] { ("kk", true, 1280), ("kk", true, 390), ("kk", false, 390), ("fr", false, 390) })
        {
            await using var visitor = await Visitor.ArriveAsync(culture, script, width);
            await visitor.Page.SetContentAsync(Page.Replace("<ul>", "<ul class=\"modes\">", StringComparison.Ordinal));
            var looks = Visitor.Checks.Looks;
            await visitor.CheckAsync();
            await visitor.CheckAsync();
            Assert.That(Visitor.Checks.Looks, Is.EqualTo(looks + 1), $"{culture} {script} {width}");
        }
    }

    /// <summary>How often axe looks at the page again when a part of it is another, once the page as it is was checked.</summary>
    private static async Task<int> LooksAsync(string part, string other)
    {
        await using var visitor = await Visitor.ArriveAsync("en");
        await visitor.Page.SetContentAsync(Page);
        await visitor.CheckAsync();
        var looks = Visitor.Checks.Looks;
        await visitor.Page.SetContentAsync(Page.Replace(part, other, StringComparison.Ordinal));
        await visitor.CheckAsync();
        return Visitor.Checks.Looks - looks;
    }
}
