using System.Globalization;
using System.Text.Json.Serialization;

namespace MedTourism.Booking.Tracers;

/// <summary>
/// Why a start has no tracer: <c>no-batch</c> (none is in the house and good at the injection) or <c>batch-spent</c> (what is left of it is promised to
/// others). Amounts are MBq at the injection.
/// </summary>
public sealed record NoTracer(
    string Reason, DateTimeOffset Start, DateTimeOffset? DeliveredAt = null, double? LeftMbq = null, double? DoseMbq = null, DateTimeOffset? InjectedAt = null)
{
    public static NoTracer Spent(TracerBatch batch, DateTimeOffset start, double promised)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var injection = batch.InjectionFor(start);
        return new NoTracer("batch-spent", start, batch.DeliveredAt, Math.Round(batch.LeftAt(injection, promised), 1), batch.DoseMbq, injection);
    }

    [JsonIgnore]
    public string Detail => Reason == "no-batch"
        ? "No delivery of the tracer serves this start."
        : string.Create(CultureInfo.InvariantCulture, $"The tracer for this start has {LeftMbq:F0} MBq left at the injection; a patient needs {DoseMbq:F0}.");
}
