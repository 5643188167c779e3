using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics.Tracers;

/// <summary>Booking, asked for a center's staff: deliveries of tracer, and the examinations that need one.</summary>
public sealed class TracerClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    /// <summary>Those still good at some moment, oldest first.</summary>
    public Task<Answer<Batch[]>> BatchesAsync(DateTimeOffset since, CancellationToken ct) => GetAsync<Batch[]>(Query("clinic/batches", ("from", since.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture))), ct);

    public Task<Answer<TracerTreatment[]>> TreatmentsAsync(CancellationToken ct) => GetAsync<TracerTreatment[]>("clinic/batches/treatments", ct);

    public Task<Answer<Batch>> EnterAsync(NewBatch batch, string idempotencyKey, CancellationToken ct) => PostAsync<Batch>("clinic/batches", batch, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> WithdrawAsync(Guid id, CancellationToken ct) => DeleteAsync<Nothing>($"clinic/batches/{id}", ct);
}

/// <summary>An examination whose starts can depend on a delivery; <see cref="Bound"/> if they do.</summary>
public sealed record TracerTreatment(string ProcedureId, Dictionary<string, string> ProcedureNames, string TimeZone, bool Bound);

/// <summary>Activities in MBq: of the vial at calibration, and of one dose at injection.</summary>
public sealed record NewBatch(
    string[] ProcedureIds, string Radionuclide, DateTimeOffset DeliveredAt, DateTimeOffset UsableUntil, DateTimeOffset CalibratedAt, double ActivityMbq, double DoseMbq, int UptakeMinutes);

/// <summary>A delivery. <see cref="Doses"/> are promised; <see cref="LeftMbq"/> is what is left beside them at delivery, or now if that is later.</summary>
public sealed record Batch(
    Guid Id, string[] ProcedureIds, string Radionuclide, double HalfLifeMinutes, DateTimeOffset DeliveredAt, DateTimeOffset UsableUntil, DateTimeOffset CalibratedAt,
    double ActivityMbq, double DoseMbq, int UptakeMinutes, int Doses, double LeftMbq)
{
    private const int MostHours = 13;

    /// <summary>How many more doses there would be if all were injected at one hour: at once, then at each full hour as long as the vial is good.</summary>
    public IReadOnlyList<(DateTimeOffset At, int Doses)> Left(DateTimeOffset now)
    {
        var from = now > DeliveredAt ? now : DeliveredAt;
        List<(DateTimeOffset, int)> left = [];
        for (var at = from; at <= UsableUntil && left.Count < MostHours; at = Hour(at).AddHours(1))
        {
            var activity = LeftMbq * Math.Pow(2, -(at - from).TotalMinutes / HalfLifeMinutes);
            left.Add((at, (int)Math.Floor((activity / DoseMbq) + 1e-6)));
        }

        return left;
    }

    private static DateTimeOffset Hour(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerHour));
}
