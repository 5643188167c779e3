using MedTourism.TestKit;

namespace MedTourism.Catalog.Tests;

public sealed class SchemaTests
{
    [Test]
    public async Task The_model_and_the_schema_agree()
    {
        var columns = await Running.App.InDatabaseAsync(SchemaAgreement.Check);
        Assert.That(columns, Is.GreaterThan(100));
    }
}
