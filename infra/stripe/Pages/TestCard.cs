namespace MedTourism.StripeStandIn.Pages;

/// <summary>The provider's published test numbers that the stand-in knows.</summary>
internal sealed record TestCard(string Number, string Meaning, string? DeclineCode = null, bool Asks = false, string? Refunds = null)
{
    public const string SlowRefunds = "slow";
    public const string FailingRefunds = "failing";

    public static readonly TestCard Usual = new("4242424242424242", "ok");

    public static readonly TestCard[] All =
    [
        Usual,
        new("4000000000000002", "declined", DeclineCode: "generic_decline"),
        new("4000000000009995", "funds", DeclineCode: "insufficient_funds"),
        new("4000002500003155", "asks", Asks: true),
        new("4000000000007726", "slow-refund", Refunds: SlowRefunds),
        new("4000000000005126", "failing-refund", Refunds: FailingRefunds),
    ];

    public string Grouped => string.Join(' ', Number.Chunk(4).Select(digits => new string(digits)));

    public static TestCard? Find(string number) => Array.Find(All, card => card.Number == number);
}
