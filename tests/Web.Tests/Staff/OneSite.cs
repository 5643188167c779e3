using MedTourism.Web.Tests.Session;

namespace MedTourism.Web.Tests.Staff;

/// <summary>One site for all tests of a class; before each of them nobody is signed in and nothing was asked.</summary>
public abstract class OneSite
{
    protected static readonly string[] Languages = ["en", "ru", "kk", "fr", "ar"];

    protected StaffSite Site { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => Site = await StaffSite.StartAsync();

    [SetUp]
    public Task ForgetAsync() => Site.ResetAsync();

    [OneTimeTearDown]
    public ValueTask StopAsync() => Site.DisposeAsync();
}
