namespace MedTourism.Payment.Providers;

/// <summary>The provider said no, and will say no again: the same call with the same key is pointless.</summary>
public sealed class ProviderRefusedException(int status, string? type, string? code, string? declineCode, string? param, string message, string? requestId)
    : Exception($"The provider refused ({status} {code ?? type}): {message} [{requestId}]")
{
    public int Status => status;

    public string? Type => type;

    public string? Code => code;

    public string? DeclineCode => declineCode;

    public string? Param => param;

    public string? RequestId => requestId;
}

/// <summary>The outcome is unknown, or the provider is busy, away or does not know us: the same call with the same key is made again later.</summary>
public sealed class ProviderUnavailableException(string message, int? status = null, string? requestId = null, Exception? inner = null)
    : Exception($"{message} [{requestId}]", inner)
{
    public int? Status => status;
}
