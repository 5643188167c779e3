using System.Net;
using System.Text.Json;
using MedTourism.Catalog.Offers;

namespace MedTourism.Catalog.Tests.Offers;

public sealed class ShowOfferTests
{
    [Test]
    public async Task Pet_in_aktau_can_be_booked_at_once_and_says_what_to_know()
    {
        var offer = await Running.GetAsync($"/offers/{OfferId.Of("pet-fdg", "orhun-aktau")}?culture=ru");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(offer.Text("mode"), Is.EqualTo("instant"));
            Assert.That(offer.GetProperty("procedure").Text("text"), Is.EqualTo("ПЭТ/КТ всего тела с 18F-ФДГ"));
            Assert.That(offer.Text("priceBasis"), Is.EqualTo("illustrative"));
            Assert.That(offer.Text("signOff"), Is.EqualTo("needs a clinician's sign-off"));
            Assert.That(offer.GetProperty("deposit").GetProperty("amountMinor").GetInt64(), Is.InRange(1_000_000, offer.GetProperty("price").GetProperty("amountMinor").GetInt64()));
            Assert.That(offer.GetProperty("preparation").GetArrayLength(), Is.EqualTo(6));
            Assert.That(offer.GetProperty("documents").GetProperty("beforeTravel")[0].Text("lang"), Is.EqualTo("ru"));
            Assert.That(offer.GetProperty("screening").EnumerateArray().Select(question => question.Text("id")), Does.Contain("pregnant").And.Not.Contain("glucose-today"));
            Assert.That(offer.GetProperty("equipment")[0].Text("status"), Is.EqualTo("open"));
            Assert.That(offer.GetProperty("otherCenters").GetArrayLength(), Is.EqualTo(3));
            Assert.That(offer.GetProperty("included").GetArrayLength(), Is.GreaterThan(1));
            Assert.That(offer.GetProperty("cancellation").EnumerateArray().Select(step => (step.GetProperty("hoursBefore").GetInt32(), step.GetProperty("refundPercent").GetInt32())),
                Is.EqualTo(new[] { (168, 100), (48, 50), (0, 0) }));
        }
    }

    [Test]
    public async Task Each_fact_and_step_names_sources_that_the_answer_lists()
    {
        foreach (var (procedure, center) in new[] { ("pet-fdg", "orhun-aktau"), ("proton-course", "nnoc"), ("cervical-disc", "ncn"), ("lvad", "umc-heart") })
        {
            var offer = await Running.GetAsync($"/offers/{OfferId.Of(procedure, center)}");
            var listed = offer.GetProperty("sources").EnumerateArray().Select(source => source.Text("key")).ToHashSet();
            string[] named =
            [
                .. offer.GetProperty("facts").EnumerateArray().SelectMany(Keys),
                .. offer.GetProperty("equipment").EnumerateArray().SelectMany(Keys),
                .. offer.GetProperty("preparation").EnumerateArray().Select(step => step.Text("source")).Where(source => !source.Contains(' ', StringComparison.Ordinal)),
            ];
            Assert.That(named, Is.Not.Empty, procedure);
            Assert.That(named.Except(listed), Is.Empty, procedure);
        }

        static IEnumerable<string> Keys(JsonElement element) => element.GetProperty("sources").EnumerateArray().Select(key => key.GetString()!);
    }

    [Test]
    public async Task Only_questions_of_yes_or_no_are_for_the_booking_form()
    {
        var offer = await Running.GetAsync($"/offers/{OfferId.Of("colonoscopy-expert", "endo-oral")}?culture=kk");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(offer.GetProperty("screening").EnumerateArray().Select(question => question.Text("id")), Is.EqualTo(new[] { "diabetes", "anticoagulants", "anaesthesia" }));
            Assert.That(offer.GetProperty("otherQuestions").EnumerateArray().Select(question => question.Text("id")), Is.EqualTo(new[] { "age" }));
            Assert.That(offer.GetProperty("screening")[0].GetProperty("text").Text("lang"), Is.EqualTo("kk"));
        }
    }

    [Test]
    public async Task Every_dental_offer_of_the_demo_clinics_is_instant_and_marked_demo()
    {
        var page = await Running.GetAsync("/offers?line=dental&size=50");
        Assert.That(page.GetProperty("items").EnumerateArray().Select(item => (item.Text("mode"), item.GetProperty("demo").GetBoolean())), Is.All.EqualTo(("instant", true)).And.Exactly(18).Items);
    }

    [Test]
    public async Task An_organ_of_the_deceased_is_never_bookable_and_has_no_price()
    {
        foreach (var (procedure, center) in new[] { ("heart-tx", "umc-heart"), ("lung-tx", "umc-heart"), ("pancreas-tx", "syzganov") })
        {
            var offer = await Running.GetAsync($"/offers/{OfferId.Of(procedure, center)}");
            using (Assert.EnterMultipleScope())
            {
                Assert.That(offer.Text("mode"), Is.EqualTo("not-bookable"));
                Assert.That(offer.GetProperty("price").ValueKind, Is.EqualTo(JsonValueKind.Null));
                Assert.That(offer.GetProperty("deposit").ValueKind, Is.EqualTo(JsonValueKind.Null));
            }
        }
    }

    [TestCase("00000000-0000-0000-0000-000000000001")]
    [TestCase("not-an-id")]
    public async Task An_unknown_offer_is_a_problem_with_a_name(string id)
    {
        var problem = await Running.App.GetJsonAsync($"/offers/{id}", HttpStatusCode.NotFound);
        Assert.That(problem.Text("type"), Is.EqualTo("urn:medtourism:problem:offer-unknown"));
    }
}
