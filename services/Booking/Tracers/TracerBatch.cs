namespace MedTourism.Booking.Tracers;

/// <summary>
/// A delivery of tracer: so much activity at calibration, of which each patient takes a dose at injection. Everything is reckoned back to calibration,
/// where doses simply add up. Doses and uptake are the center's own and need a clinician's sign-off.
/// </summary>
public sealed class TracerBatch
{
    /// <summary>Rounding must not cost a batch its last dose.</summary>
    public const double Tolerance = 1e-9;

    public const int LongestUptakeMinutes = 240;

    public Guid Id { get; init; }

    public required string CenterId { get; init; }

    public required string[] ProcedureIds { get; init; }

    public required string Radionuclide { get; init; }

    public DateTimeOffset DeliveredAt { get; init; }

    public DateTimeOffset UsableUntil { get; init; }

    public DateTimeOffset CalibratedAt { get; init; }

    public double ActivityMbq { get; init; }

    public double DoseMbq { get; init; }

    public int UptakeMinutes { get; init; }

    public bool Withdrawn { get; init; }

    public required string EnteredBy { get; init; }

    public DateTimeOffset EnteredAt { get; init; }

    /// <summary>The patient is injected so long before the machine is needed.</summary>
    public DateTimeOffset InjectionFor(DateTimeOffset start) => start.AddMinutes(-UptakeMinutes);

    /// <summary>True if the batch is in the house and still good at the injection for this start.</summary>
    public bool IsThereFor(DateTimeOffset start) => InjectionFor(start) is var injection && DeliveredAt <= injection && injection <= UsableUntil;

    /// <summary>A dose at the injection for this start, reckoned back to calibration.</summary>
    public double NeededFor(DateTimeOffset start) => Nuclide.At(DoseMbq, InjectionFor(start), CalibratedAt);

    /// <summary>What is left at a moment when so much, at calibration, is promised to others.</summary>
    public double LeftAt(DateTimeOffset moment, double promised) => Math.Max(0, Nuclide.At(ActivityMbq - promised, CalibratedAt, moment));

    public bool Covers(DateTimeOffset start, double promised) => IsThereFor(start) && promised + NeededFor(start) <= ActivityMbq * (1 + Tolerance);

    private Radionuclide Nuclide => Tracers.Radionuclide.Of(Radionuclide) ?? throw new InvalidOperationException($"Radionuclide {Radionuclide} is not known.");
}

/// <summary>One patient's part of a batch. It lives and dies with the machine's allocation.</summary>
public sealed class TracerDose
{
    public Guid AllocationId { get; init; }

    public Guid BatchId { get; init; }

    public DateTimeOffset InjectedAt { get; init; }

    public double NeededMbq { get; init; }
}
