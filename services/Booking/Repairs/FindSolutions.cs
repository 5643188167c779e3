using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace MedTourism.Booking.Repairs;

/// <summary>
/// Kind: <c>refund</c> (AmountMinor of Currency, all that was paid), <c>transfer</c> (an offer of the same procedure at another center that has time: First is
/// the first start, LastDay the last day of what is left of a course), or <c>call</c>.
/// </summary>
public sealed record SolutionOption(
    string Kind, long? AmountMinor = null, string? Currency = null, Guid? OfferId = null, string? CenterId = null, Dictionary<string, string>? CenterNames = null,
    string? CityId = null, long? PriceMinor = null, DateTimeOffset? First = null, DateOnly? LastDay = null);

/// <summary>What can be offered to a patient who cannot be helped here: other centers with free time for the same procedure, and the money back.</summary>
public static class FindSolutions
{
    private const int MostCenters = 3;

    public static async Task<List<SolutionOption>> ForAsync(BookingDb db, Bookings.Booking booking, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(booking);
        var ids = await db.OfferTerms.AsNoTracking()
            .Where(x => x.ProcedureId == booking.ProcedureId && x.CenterId != booking.CenterId).OrderBy(x => x.PriceMinor).ThenBy(x => x.OfferId)
            .Select(x => x.OfferId).Take(20).ToListAsync(ct);
        var offers = (await OfferTerms.SoldAsync(db, ids, ct)).OrderBy(x => x.PriceMinor).ThenBy(x => x.OfferId).ToList();
        var now = await db.NowAsync(ct);
        List<SolutionOption> found = [];
        foreach (var offer in offers.DistinctBy(x => x.CenterId).Take(MostCenters))
        {
            if (await TimeAsync(db, booking, offer, now, ct) is var (first, last))
            {
                found.Add(new SolutionOption(
                    "transfer", Currency: offer.Currency, OfferId: offer.OfferId, CenterId: offer.CenterId, CenterNames: offer.CenterNames, CityId: offer.CityId,
                    PriceMinor: offer.PriceMinor, First: first, LastDay: last));
            }
        }

        return [.. found, new SolutionOption("refund", booking.DepositPaidMinor, booking.Currency), new SolutionOption("call")];
    }

    private static async Task<(DateTimeOffset First, DateOnly Last)?> TimeAsync(
        BookingDb db, Bookings.Booking booking, OfferTerms offer, DateTimeOffset now, CancellationToken ct)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(offer.TimeZone);
        if (booking.Course is null)
        {
            var next = offer.IsInstant ? (await FindStarts.NextAsync(db.GetService<NpgsqlDataSource>(), [offer], now, now, 1, ct))[offer.OfferId] : [];
            return next is [var start] ? (start.Start, LocalTime.DateOf(start.Start, zone)) : null;
        }

        var left = await db.Sessions.AsNoTracking()
            .Where(x => x.BookingId == booking.Id && x.Phase == Phases.Fraction && (x.State == Session.Booked || x.State == Session.Proposed) && x.StartsAt > now)
            .OrderBy(x => x.StartsAt).ToListAsync(ct);
        return left.Count == 0 ? null : await CourseAsync(db, booking.Course, left, offer.CenterId, now, ct);
    }

    /// <summary>What is left of the course, as if it were owed there: on one machine of the first kind, with one resource of every other kind.</summary>
    private static async Task<(DateTimeOffset First, DateOnly Last)?> CourseAsync(
        BookingDb db, CoursePattern pattern, List<Session> left, string center, DateTimeOffset now, CancellationToken ct)
    {
        if (await LoadRepair.TimeAsync(db, center, now, left[^1].EndsAt, ct) is not { } time)
        {
            return null;
        }

        var kinds = pattern.ResourceKinds.Select(kind => time.Facts.OfKind(kind).Where(x => x.Status == Resources.Resource.Open).Select(x => x.Id).ToList()).ToList();
        if (kinds.Exists(x => x.Count == 0))
        {
            return null;
        }

        (DateTimeOffset First, DateOnly Last)? best = null;
        foreach (var machine in kinds[0])
        {
            Guid[] resources = [machine, .. kinds.Skip(1).Select(x => x[0])];
            var sessions = left.ConvertAll(x => new RepairSession(x.Id, x.Number, x.Phase, new Interval(x.StartsAt, x.EndsAt), resources, Session.Missed, 0, false));
            var patient = new RepairCase(Guid.Empty, pattern with { Sessions = left.Count, Planning = null, FirstSessionMinutes = 0 }, sessions, sessions.Select(x => x.Id).ToHashSet(), 0);
            var outcome = RepairPlanner.Plan(time.Copy(), [patient], RepairStyle.UsualHours, now + FindStarts.LeadTime)[0];
            if (outcome.IsRepaired)
            {
                var days = outcome.After;
                var last = LocalTime.DateOf(days[^1].Time.Start, time.Zone);
                best = best is null || last < best.Value.Last ? (days[0].Time.Start, last) : best;
            }
        }

        return best;
    }
}
