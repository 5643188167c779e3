namespace MedTourism.Booking.Courses;

/// <summary>
/// Plans a course: for every first day and group of machines the days on which it ends earliest, then the steadiest hours for them, then up to five
/// different plans, best first. If there is none it says what stood in the way and what would help. Pure, and the same answer for the same facts.
/// </summary>
public static class PlanCourse
{
    // Later first days are looked at only until so many had a plan.
    private const int MostFirstDays = 40;
    private const int HoursPerChain = 2;

    public static CourseAnswer Of(CourseRequest request, FreeTime time, RankPlans.Policy? policy = null)
    {
        var search = new Search(request, time);
        var drafts = search.Drafts();
        if (drafts.Count > 0)
        {
            return new CourseAnswer(RankPlans.Of(request, time, search.Days, drafts, policy), [], []);
        }

        return new CourseAnswer([], RefuseCourse.Why(search), RelaxCourse.Try(request, time));
    }

    /// <summary>The plan that ends first, for asking whether there is any.</summary>
    public static (DateOnly First, DateOnly Last)? Earliest(CourseRequest request, FreeTime time)
    {
        var search = new Search(request, time);
        var drafts = search.Drafts(firstDays: 1);
        return drafts.Count == 0
            ? null
            : drafts.Select(x => (First: search.Days.Day(x.Days[0]), Last: search.Days.Day(x.Days[^1]))).MinBy(x => (x.Last, x.First));
    }

    /// <summary>One search and what it met on its way.</summary>
    internal sealed class Search
    {
        public Search(CourseRequest request, FreeTime time)
        {
            ArgumentNullException.ThrowIfNull(request);
            ArgumentNullException.ThrowIfNull(time);
            (Request, Time, Pattern) = (request, time, request.Narrowed);
            Days = new CourseDays(time);
            Starts = new SessionStarts(time, Days, Pattern, request.NotBefore);
            Chains = new ChainDays(Pattern, Days);
            Last = request.LastDayBy is { } by && by < Days.Day(Days.Count - 1) ? by.DayNumber - time.FirstDay.DayNumber : Days.Count - 1;
        }

        public CourseRequest Request { get; }

        public FreeTime Time { get; }

        public CoursePattern Pattern { get; }

        public CourseDays Days { get; }

        public SessionStarts Starts { get; }

        public ChainDays Chains { get; }

        /// <summary>The last day on which a session may be.</summary>
        public int Last { get; }

        public IEnumerable<int> FirstDays()
        {
            for (var day = Days.IndexOf(Request.FirstDayFrom); day <= Last; day++)
            {
                if (Days.Working[day] && (Pattern.StartWeekdays.Length == 0 || Pattern.StartWeekdays.Contains(Weekday(day))))
                {
                    yield return day;
                }
            }
        }

        public List<CourseDraft> Drafts(int firstDays = MostFirstDays)
        {
            var hours = new PickHours(Days, Chains);
            List<CourseDraft> drafts = [];
            foreach (var first in FirstDays())
            {
                if (PlanningCell(first) is not { } planning)
                {
                    continue;
                }

                var before = drafts.Count;
                foreach (var group in Starts.Groups)
                {
                    if (Chains.Find(group, first, Last) is { } chain)
                    {
                        drafts.AddRange(hours.UsualHours(group, chain, HoursPerChain).Select(hour => hours.Pick(group, chain, hour, planning)));
                    }
                }

                firstDays -= drafts.Count > before ? 1 : 0;
                if (firstDays == 0)
                {
                    break;
                }
            }

            return drafts;
        }

        /// <summary>The latest planning visit that leaves the physicists their working days; -1 if none is needed, null if none is possible.</summary>
        public int? PlanningCell(int first)
        {
            if (Pattern.Planning is not { } visit)
            {
                return -1;
            }

            for (var day = first - 1; day >= 0; day--)
            {
                var worked = Days.WorkedUntil(day, first);
                if (visit.MaxWorkingDays > 0 && worked > visit.MaxWorkingDays)
                {
                    break;
                }

                if (worked >= visit.MinWorkingDays && Starts.Planning!.Next(Days.From[day], Days.To[day]) is >= 0 and var cell)
                {
                    return cell;
                }
            }

            return null;
        }

        public int Weekday(int day) => ((int)(Days.Day(day).DayOfWeek + 6) % 7) + 1;
    }
}
