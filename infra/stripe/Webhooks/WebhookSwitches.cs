namespace MedTourism.StripeStandIn.Webhooks;

/// <summary>How badly the network treats webhooks: copies, delays, another order, losses. Applies to events that happen after it is set.</summary>
public sealed class WebhookSwitches
{
    private Setting current = new();

    public int Duplicates => current.Duplicate;

    public Setting Current
    {
        get => current;
        set => current = value;
    }

    public bool Drops(string type) => current.Drop || current.DropTypes.Contains(type, StringComparer.Ordinal);

    public TimeSpan DelayOfNext() =>
        TimeSpan.FromMilliseconds(current.DelayMs + (current.Reorder ? Random.Shared.Next(0, 1500) : 0));

    /// <summary><c>Duplicate</c> is the number of extra copies; <c>DropTypes</c> loses only these types.</summary>
    public sealed record Setting
    {
        public int Duplicate { get; init; }

        public int DelayMs { get; init; }

        public bool Reorder { get; init; }

        public bool Drop { get; init; }

        public string[] DropTypes { get; init; } = [];
    }
}
