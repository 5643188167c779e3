namespace MedTourism.Web.Clients;

/// <summary>
/// What can be done for a patient without a new time. Kind: <c>transfer</c> (an offer at another center, with its first and last day), <c>refund</c> (AmountMinor of
/// Currency) or <c>call</c>.
/// </summary>
public sealed record RepairOption(
    string Kind, long? AmountMinor = null, string? Currency = null, Guid? OfferId = null, Dictionary<string, string>? CenterNames = null, long? PriceMinor = null,
    DateTimeOffset? First = null, DateOnly? LastDay = null);
