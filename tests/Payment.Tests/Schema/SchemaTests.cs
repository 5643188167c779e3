using MedTourism.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace MedTourism.Payment.Tests.Schema;

public sealed class SchemaTests
{
    [Test]
    public async Task The_model_and_the_schema_agree()
    {
        await using var scope = SharedRig.Rig.App.Services.CreateAsyncScope();
        Assert.That(await SchemaAgreement.Check(scope.ServiceProvider.GetRequiredService<PaymentDb>()), Is.GreaterThan(50));
    }
}
