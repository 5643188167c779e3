using MedTourism.TestKit;

namespace MedTourism.Booking.Tests;

/// <summary>One real Booking service for all tests; each test makes a center and an offer of its own in it.</summary>
[SetUpFixture]
public sealed class Running
{
    public const int FeedsPerMinute = 30;
    public const string SecretKey = "a secret of these tests, long enough";

    public static ServiceUnderTest<Program> App { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => App = await ServiceUnderTest<Program>.StartAsync("booking", new Dictionary<string, string?>
    {
        ["Limits:holds"] = "1000000",
        ["Limits:write"] = "1000000",
        ["Limits:search"] = "1000000",
        ["Limits:codes"] = "1000000",
        ["Booking:SweepSeconds"] = "3600", // the tests sweep when they mean to
        ["Booking:AnnounceDaysSeconds"] = "36000",
        ["Booking:SecretKey"] = SecretKey,
        ["Limits:feeds"] = $"{FeedsPerMinute}",
        ["Booking:Imports:AllowLoopback"] = "true",
        ["Booking:Imports:PauseSeconds"] = "3600",
    });

    [OneTimeTearDown]
    public async Task StopAsync() => await App.DisposeAsync();
}
