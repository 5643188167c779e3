using System.Security.Cryptography;

namespace MedTourism.ServiceDefaults.Tests.Messaging;

internal sealed class SealedMessagesTests
{
    private static readonly SealedMessages Messages = new(new Sealing(new string('a', 32), "tests"));

    [Test]
    public void A_sealed_body_opens_for_its_own_message_and_secret_only()
    {
        var (id, body) = (Guid.CreateVersion7(), """{"accessKey":"secret","name":"Айгуль"}""");
        var kept = Messages.Seal(id, body);
        Assert.That(kept.AsSpan().IndexOf("secret"u8), Is.EqualTo(-1));
        Assert.That(Messages.Open(id, kept), Is.EqualTo(body));
        Assert.That(() => Messages.Open(Guid.CreateVersion7(), kept), Throws.InstanceOf<CryptographicException>());
        Assert.That(() => new SealedMessages(new Sealing(new string('b', 32), "tests")).Open(id, kept), Throws.InstanceOf<CryptographicException>());
    }
}
