using System.Net;
using System.Text.Json;

namespace MedTourism.Catalog.Tests.Offers;

public sealed class SearchOffersTests
{
    [TestCase("ПЭТ")]
    [TestCase("ПЭТ/КТ")]
    [TestCase("PET/CT")]
    [TestCase("petct")]
    [TestCase("TEP")]
    public async Task Words_for_pet_find_it_first(string words)
    {
        var page = await Running.App.SearchAsync(words);
        Assert.That(page.Procedures().Take(4), Is.All.EqualTo("pet-fdg"));
    }

    [TestCase("gama knife", "gk-mets")]
    [TestCase("гамма нож", "gk-mets")]
    [TestCase("томотерапя", "tomo-course")]
    [TestCase("implnat", "implant-single")]
    [TestCase("имплант зуба", "implant-single")]
    [TestCase("тіс", "implant-single")]
    [TestCase("колоноскопя", "colonoscopy-expert")]
    [TestCase("coloscopie", "colonoscopy-expert")]
    [TestCase("жүрек трансплантациясы", "heart-tx")]
    [TestCase("протез колена", "knee-replacement")]
    [TestCase("prothèse de la hanche", "hip-replacement")]
    [TestCase("زراعة الأسنان", "implant-single")]
    [TestCase("زراعه اسنان", "implant-single")]
    [TestCase("غاما نايف", "gk-mets")]
    [TestCase("تنظير القولن", "colonoscopy-expert")]
    public async Task Words_in_any_language_and_slips_of_the_finger_find_the_procedure(string words, string procedure)
    {
        var page = await Running.App.SearchAsync(words);
        Assert.That(page.Procedures(), Does.Contain(procedure));
        Assert.That(page.GetProperty("total").GetInt32(), Is.LessThan(60), "A search that finds a quarter of everything finds nothing.");
    }

    [TestCase("ЭКО")]
    [TestCase("ЭКҰ")]
    [TestCase("эку")]
    [TestCase("IVF")]
    [TestCase("FIV")]
    public async Task The_name_of_ivf_in_each_language_finds_the_same(string words)
    {
        var page = await Running.App.SearchAsync(words);
        Assert.That(page.GetProperty("facets").GetProperty("lines")[0].Text("id"), Is.EqualTo("reproductive"));
        Assert.That(page.Procedures(), Does.Contain("ivf-standard"));
    }

    [Test]
    public async Task A_city_beside_the_treatment_narrows_it()
    {
        var page = await Running.App.SearchAsync("ПЭТ Актау");
        Assert.That(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("center").Text("id")), Is.EqualTo(new[] { "orhun-aktau" }));
    }

    [Test]
    public async Task Short_words_are_whole_words()
    {
        var page = await Running.App.SearchAsync("PET");
        Assert.That(page.GetProperty("facets").GetProperty("cities").EnumerateArray().Select(city => city.Text("id")), Does.Not.Contain("petropavl"));
    }

    [Test]
    public async Task Nonsense_finds_nothing()
    {
        var page = await Running.App.SearchAsync("zzzzqqq");
        Assert.That(page.GetProperty("total").GetInt32(), Is.Zero);
    }

    [TestCase("'; DROP TABLE offers; --")]
    [TestCase("a:* & !b | (c <-> d)")]
    [TestCase("\\ % _ * ? ( ) [ ]")]
    public async Task Signs_of_the_query_language_are_just_signs(string words)
    {
        await Running.App.SearchAsync(words);
        Assert.That((await Running.GetAsync("/offers")).GetProperty("total").GetInt32(), Is.EqualTo(243));
    }

    [Test]
    public async Task Facets_add_up_and_each_predicts_what_its_filter_finds()
    {
        var all = await Running.GetAsync("/offers?size=1");
        var total = all.GetProperty("total").GetInt32();
        foreach (var (facet, parameter) in new[] { ("lines", "line"), ("cities", "city"), ("modes", "mode") })
        {
            var entries = all.GetProperty("facets").GetProperty(facet).EnumerateArray().ToList();
            Assert.That(entries.Sum(entry => entry.GetProperty("count").GetInt32()), Is.EqualTo(total), facet);
            foreach (var entry in entries)
            {
                var filtered = await Running.GetAsync($"/offers?size=1&{parameter}={entry.Text("id")}");
                Assert.That(filtered.GetProperty("total").GetInt32(), Is.EqualTo(entry.GetProperty("count").GetInt32()), $"{parameter}={entry.Text("id")}");
            }
        }
    }

    [Test]
    public async Task A_facet_is_counted_under_the_other_filters_not_its_own()
    {
        var page = await Running.GetAsync("/offers?line=nuclear&city=astana");
        var lines = Counts(page, "lines");
        var cities = Counts(page, "cities");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines["nuclear"], Is.EqualTo(page.GetProperty("total").GetInt32()));
            Assert.That(lines, Has.Count.GreaterThan(5));
            Assert.That(cities["astana"], Is.EqualTo(page.GetProperty("total").GetInt32()));
            Assert.That(cities.Keys, Is.EquivalentTo(new[] { "astana", "semey", "aktau", "kyzylorda" }));
            Assert.That(Counts(page, "modes").Values.Sum(), Is.EqualTo(page.GetProperty("total").GetInt32()));
        }
    }

    [Test]
    public async Task One_center_can_be_searched_alone()
    {
        var page = await Running.GetAsync("/offers?center=orhun-aktau");
        Assert.That(page.Procedures(), Is.EqualTo(new[] { "pet-fdg" }));
        Assert.That(Counts(page, "lines"), Is.EqualTo(new Dictionary<string, int> { ["nuclear"] = 1 }));
    }

    [Test]
    public async Task Pages_show_each_offer_once()
    {
        var ids = new List<string>();
        for (var page = 1; page <= 5; page++)
        {
            var answer = await Running.GetAsync($"/offers?page={page}&size=50");
            ids.AddRange(answer.GetProperty("items").EnumerateArray().Select(item => item.Text("id")));
        }

        Assert.That(ids, Is.Unique.And.Exactly(243).Items);
    }

    [Test]
    public async Task Sorted_by_price_the_cheapest_come_first_and_those_without_a_price_last()
    {
        var first = await Running.GetAsync("/offers?sort=price&size=50");
        var last = await Running.GetAsync("/offers?sort=price&size=50&page=5");
        var prices = first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("price").GetProperty("amountMinor").GetInt64()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prices, Is.Ordered);
            Assert.That(last.GetProperty("items").EnumerateArray().Last().GetProperty("price").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [Test]
    public async Task Sorted_by_name_the_readers_language_decides()
    {
        var page = await Running.GetAsync("/offers?sort=name&size=50&culture=ru");
        var names = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("procedure").Text("text")).ToList();
        Assert.That(names, Is.Ordered.Using((IComparer<string>)StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, ignoreCase: false)));
    }

    [Test]
    public async Task Names_come_in_the_readers_language_or_say_which_one_they_are_in()
    {
        var arabic = (await Running.GetAsync("/offers?culture=ar&size=1")).GetProperty("items")[0];
        var french = (await Running.GetAsync("/offers?culture=fr&size=1")).GetProperty("items")[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(arabic.GetProperty("procedure").Text("lang"), Is.EqualTo("ar"));
            Assert.That(arabic.GetProperty("center").GetProperty("name").Text("lang"), Is.EqualTo("ar"));
            Assert.That(french.GetProperty("procedure").Text("lang"), Is.EqualTo("fr"));
            Assert.That(french.GetProperty("center").GetProperty("name").Text("lang"), Is.EqualTo("en"), "Centers have no French names.");
        }
    }

    [TestCase("line=heart", "line")]
    [TestCase("city=paris", "city")]
    [TestCase("center=nowhere", "center")]
    [TestCase("mode=later", "mode")]
    [TestCase("culture=de", "culture")]
    [TestCase("sort=random", "sort")]
    [TestCase("page=0", "page")]
    [TestCase("page=abc", "page")]
    [TestCase("size=51", "size")]
    [TestCase("size=-1", "size")]
    public async Task A_wrong_parameter_is_refused_by_its_name(string query, string field)
    {
        var problem = await Running.App.GetJsonAsync("/offers?" + query, HttpStatusCode.UnprocessableEntity);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Text("type"), Is.EqualTo("urn:medtourism:problem:invalid-fields"));
            Assert.That(problem.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(new[] { field }));
        }
    }

    [Test]
    public async Task Words_without_end_are_refused()
    {
        var problem = await Running.App.GetJsonAsync("/offers?q=" + new string('a', 101), HttpStatusCode.UnprocessableEntity);
        Assert.That(problem.GetProperty("errors").TryGetProperty("q", out _), Is.True);
    }

    private static Dictionary<string, int> Counts(JsonElement page, string facet) =>
        page.GetProperty("facets").GetProperty(facet).EnumerateArray().ToDictionary(entry => entry.Text("id"), entry => entry.GetProperty("count").GetInt32());
}
