using MedTourism.Booking.Availability;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Resources;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Demo;

/// <summary>Who has which time in the demonstration. The same seed and the same day give the same plan.</summary>
public sealed class DemoPlan
{
    private const int Seed = 20260;
    private const int DaysBack = 7;
    private const int DaysAhead = 49;
    private const double Occupancy = 0.6;

    private readonly Dictionary<Guid, List<Interval>> _taken = [];

    public sealed record Visit(Guid Id, OfferTerms Offer, Interval Time, Guid[] Resources);

    public sealed record Block(Guid ResourceId, Interval Time, string Reason);

    public List<Visit> Visits { get; } = [];

    public List<Block> Blocks { get; } = [];

    public static async Task<DemoPlan> MakeAsync(BookingDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var now = await db.NowAsync(ct);
        var resources = await db.Resources.AsNoTracking().Where(x => x.Status == Resource.Open).OrderBy(x => x.Id).ToListAsync(ct);
        var offers = (await db.OfferTerms.AsNoTracking().OrderBy(x => x.OfferId).ToListAsync(ct)).ToLookup(x => x.CenterId);
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var window = new Interval(midnight.AddDays(-DaysBack), midnight.AddDays(DaysAhead));
        var plan = new DemoPlan();
        foreach (var center in resources.GroupBy(x => x.CenterId))
        {
            var calendars = await Calendars.LoadCenterAsync(db, center.Key, window.Start, window.End, ct);
            plan.Fill([.. center], [.. offers[center.Key]], resource => calendars.OpenIn(resource, window));
        }

        return plan;
    }

    private void Fill(List<Resource> resources, List<OfferTerms> offers, Func<Guid, List<Interval>> open)
    {
        var hours = resources.ToDictionary(x => x.Id, x => open(x.Id));
        foreach (var resource in resources)
        {
            var random = new Random(HashCode(resource.Id));
            var sold = offers.FindAll(x => x.IsInstant && x.ResourceKinds[0] == resource.Kind);
            var instant = offers.Exists(x => x.IsInstant && x.ResourceKinds.Contains(resource.Kind));
            foreach (var stretch in hours[resource.Id])
            {
                FillStretch(resource, resources, hours, stretch, sold, instant, random);
            }
        }
    }

    private void FillStretch(
        Resource resource, List<Resource> resources, Dictionary<Guid, List<Interval>> hours, Interval stretch, List<OfferTerms> sold, bool instant, Random random)
    {
        var step = TimeSpan.FromMinutes(Math.Max(15, resource.SlotMinutes));
        if (resource.EquipmentId is not null && random.Next(5) == 0)
        {
            Take(new Block(resource.Id, new Interval(stretch.Start, stretch.Start + step), "Quality assurance (demo)"));
        }

        for (var start = stretch.Start; start + step <= stretch.End; start += step)
        {
            if (random.NextDouble() > Occupancy)
            {
                continue;
            }

            if (sold.Count > 0)
            {
                var offer = sold[random.Next(sold.Count)];
                var time = new Interval(start, start.AddMinutes(offer.DurationMinutes));
                var needed = offer.ResourceKinds.Distinct()
                    .Select(kind => kind == resource.Kind ? resource : resources.Find(x => x.Kind == kind && IsFree(x.Id, time) && Intervals.Cover(hours[x.Id], time)))
                    .ToList();
                if (IsFree(resource.Id, time) && Intervals.Cover(hours[resource.Id], time) && needed.TrueForAll(x => x is not null))
                {
                    Take(new Visit(Id(random), offer, time, [.. needed.Select(x => x!.Id)]));
                }
            }
            else if (!instant)
            {
                // Treatments that are arranged with the center in other ways take time too.
                Take(new Block(resource.Id, new Interval(start, start + step), "Treatment arranged by the center (demo)"));
            }
        }
    }

    private bool IsFree(Guid resource, Interval time) => !_taken.TryGetValue(resource, out var taken) || !taken.Exists(time.Overlaps);

    private void Take(Visit visit)
    {
        Visits.Add(visit);
        Array.ForEach(visit.Resources, resource => Taken(resource).Add(visit.Time));
    }

    private void Take(Block block)
    {
        if (IsFree(block.ResourceId, block.Time))
        {
            Blocks.Add(block);
            Taken(block.ResourceId).Add(block.Time);
        }
    }

    private List<Interval> Taken(Guid resource) => _taken.TryGetValue(resource, out var list) ? list : _taken[resource] = [];

    /// <summary>The framework's own hash codes differ from run to run.</summary>
    private static int HashCode(Guid id) => BitConverter.ToInt32(id.ToByteArray()) ^ Seed;

    private static Guid Id(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
