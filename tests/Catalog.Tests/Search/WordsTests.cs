using MedTourism.Catalog.Search;

namespace MedTourism.Catalog.Tests.Search;

public sealed class WordsTests
{
    [TestCase("Қарағанды", "караганды")]
    [TestCase("ЭКҰ", "эку")]
    [TestCase("Шёлк", "шелк")]
    [TestCase("Réadaptation", "readaptation")]
    [TestCase("cœur", "coeur")]
    [TestCase("йод", "йод")]
    [TestCase("أَكْتاو", "اكتاو")]
    [TestCase("زراعة الأسنان", "زراعه الاسنان")]
    [TestCase("مستشفى", "مستشفي")]
    public void Letters_are_folded_to_what_people_type(string text, string folded) => Assert.That(Words.Fold(text), Is.EqualTo(folded));

    [Test]
    public void Words_that_say_nothing_are_left_out() => Assert.That(Words.Query("протонная терапия в Астане"), Is.EqualTo(new[] { "протонная", "терапия", "астане" }));

    [Test]
    public void A_query_of_nothing_but_such_words_keeps_them() => Assert.That(Words.Query("the"), Is.EqualTo(new[] { "the" }));
}
