using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Sessions;

namespace MedTourism.Booking.Trips;

/// <summary>The rules of two trips, applied to their visits; planning, repair and the tests all ask here. A gap that grew breaks nothing.</summary>
public static class TripRules
{
    /// <summary>Visits that have no place yet may be left out: what is there must keep the rules among itself.</summary>
    public static List<RuleBreach> Check(TripPattern pattern, IEnumerable<(int Number, string Phase, Interval Time)> visits, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(visits);
        List<RuleBreach> breaches = [];
        var trips = visits.OrderBy(x => x.Number).ToLookup(x => x.Phase == Phases.Prosthetic ? 2 : 1);
        foreach (var trip in trips)
        {
            var list = trip.ToList();
            for (var i = 1; i < list.Count; i++)
            {
                Require(list[i - 1].Time.End <= list[i].Time.Start, "order", list[i], 0, 0);
            }
        }

        foreach (var next in trips[2].Take(1))
        {
            foreach (var placed in trips[1].TakeLast(1))
            {
                var gap = LocalTime.DateOf(next.Time.Start, zone).DayNumber - LocalTime.DateOf(placed.Time.Start, zone).DayNumber;
                Require(gap >= pattern.GapMinDays, "healing-gap", next, gap, pattern.GapMinDays);
            }
        }

        return breaches;

        void Require(bool kept, string rule, (int Number, string Phase, Interval Time) visit, int found, int limit)
        {
            if (!kept)
            {
                breaches.Add(new RuleBreach(rule, visit.Number, LocalTime.DateOf(visit.Time.Start, zone), found, limit));
            }
        }
    }
}
