using FsCheck;
using FsCheck.Fluent;
using MedTourism.Booking.Tracers;

namespace MedTourism.Booking.Tests.Tracers;

public sealed class DecayTests
{
    private static readonly DateTimeOffset Six = new(2026, 12, 1, 6, 0, 0, TimeSpan.Zero);

    [TestCase(109.77, 500)]
    [TestCase(219.54, 250)]
    [TestCase(60, 684.63)]
    [TestCase(-109.77, 2000)]
    public void Fluorine_halves_every_109_77_minutes(double minutes, double left) =>
        Assert.That(Radionuclide.F18.At(1000, Six, Six.AddMinutes(minutes)), Is.EqualTo(left).Within(0.01));

    [Test]
    public void Gallium_halves_every_67_7_minutes_and_others_are_not_known()
    {
        Assert.That(Radionuclide.Ga68.At(1000, Six, Six.AddMinutes(67.7 * 3)), Is.EqualTo(125).Within(0.001));
        Assert.That(Radionuclide.Of("I-131"), Is.Null);
    }

    /// <summary>1,000 MBq at six; a dose of 250 at nine takes 779 of it, as much as 3.1 doses at six.</summary>
    [Test]
    public void A_later_patient_needs_more_of_the_batch()
    {
        var batch = Batch(1000, 250, uptake: 60);
        Assert.That(batch.NeededFor(Six.AddHours(1)), Is.EqualTo(250).Within(1e-9));
        Assert.That(batch.NeededFor(Six.AddHours(4)), Is.EqualTo(779.05).Within(0.01));
        Assert.That(batch.Covers(Six.AddHours(4), promised: 220), Is.True);
        Assert.That(batch.Covers(Six.AddHours(4), promised: 222), Is.False);
        Assert.That(batch.LeftAt(Six.AddMinutes(109.77), promised: 400), Is.EqualTo(300).Within(1e-6));
    }

    [Test]
    public void A_batch_serves_nobody_before_it_is_there_nor_after_it_is_good()
    {
        var batch = Batch(100_000, 250, uptake: 60);
        Assert.That(batch.IsThereFor(Six.AddMinutes(59)), Is.False);
        Assert.That(batch.IsThereFor(Six.AddMinutes(60)), Is.True);
        Assert.That(batch.IsThereFor(Six.AddHours(11)), Is.True);
        Assert.That(batch.IsThereFor(Six.AddHours(11).AddMinutes(1)), Is.False);
    }

    /// <summary>
    /// Drawing doses one after the other from a decaying vial leaves as much as reckoning them all back to calibration, whatever the order.
    /// </summary>
    [Test]
    public void Reckoning_back_to_calibration_is_the_same_as_drawing_from_the_vial()
    {
        var cases = from count in Gen.Choose(1, 8)
                    from minutes in Gen.Choose(0, 600).ListOf(count)
                    from dose in Gen.Choose(50, 400)
                    from activity in Gen.Choose(100, 20_000)
                    from gallium in Gen.Elements(true, false)
                    select (Minutes: minutes.Order().ToArray(), dose, activity, Nuclide: gallium ? Radionuclide.Ga68 : Radionuclide.F18);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var batch = Batch(x.activity, x.dose, uptake: 0, x.Nuclide);
            var (vial, at, promised) = ((double)x.activity, Six, 0.0);
            foreach (var minute in x.Minutes)
            {
                var now = Six.AddMinutes(minute);
                vial = x.Nuclide.At(vial, at, now);
                at = now;
                var covered = batch.Covers(now, promised);
                if (Math.Abs(vial - x.dose) > 1e-4 && covered != vial >= x.dose)
                {
                    return false;
                }

                if (covered)
                {
                    promised += batch.NeededFor(now);
                    vial -= x.dose;
                }
            }

            return Math.Abs(batch.LeftAt(at, promised) - Math.Max(0, vial)) < 1e-4;
        }));
    }

    private static TracerBatch Batch(double activity, double dose, int uptake, Radionuclide? nuclide = null) => new()
    {
        CenterId = "c", ProcedureIds = ["pet-fdg"], Radionuclide = (nuclide ?? Radionuclide.F18).Name, DeliveredAt = Six, CalibratedAt = Six,
        UsableUntil = Six.AddHours(10), ActivityMbq = activity, DoseMbq = dose, UptakeMinutes = uptake, EnteredBy = "test",
    };
}
