using System.Security.Cryptography;
using System.Text;

namespace MedTourism.ServiceDefaults.Tests.Security;

internal sealed class SealedAnswersTests
{
    private static readonly IdempotencyKey Key = new("anonymous", "POST /things", "1");
    private static readonly SealedAnswers Answers = new(new Sealing(new string('a', 32), "tests"));

    [TestCase("""{"path":"/feeds/secret.ics"}"""), TestCase("мама"), TestCase("{")]
    public void What_was_sealed_opens_for_the_same_request_only(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var kept = Answers.Seal(Key, plain)!;
        Assert.That(plain.Length > 4 && kept.AsSpan().IndexOf(plain) >= 0, Is.False, "a single byte may well be among those of its box");
        Assert.That(Answers.Open(Key, kept), Is.EqualTo(plain));
        Assert.That(() => Answers.Open(Key with { Key = "2" }, kept), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => Answers.Open(Key with { Caller = "someone" }, kept), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => new SealedAnswers(new Sealing(new string('b', 32), "tests")).Open(Key, kept), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => Answers.Open(Key, kept[..8]), Throws.InstanceOf<CryptographicException>());
    }

    [Test]
    public void What_was_kept_openly_and_what_is_empty_stay_as_they_are()
    {
        var plain = Encoding.UTF8.GetBytes("{}");
        Assert.That(Answers.Open(Key, plain), Is.EqualTo(plain));
        Assert.That(Answers.Seal(Key, []), Is.Empty);
        Assert.That(Answers.Seal(Key, null), Is.Null);
    }
}
