using System.Text.Json;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Tests.Courses;

/// <summary>The catalogue's radiotherapy courses on a free machine, with Kazakhstan's holidays as the catalogue has them.</summary>
public sealed class CourseVectorsTests
{
    private static readonly int[] NoFridays = [1, 2, 3, 4];

    private static IEnumerable<TestCaseData> Vectors() => Read("radiotherapy-courses.json").GetProperty("courses").EnumerateArray()
        .Select(x => new TestCaseData(x).SetArgDisplayNames($"{x.GetProperty("fractions")} from {x.GetProperty("start")}"));

    [TestCaseSource(nameof(Vectors))]
    public void A_course_over_the_holidays_ends_when_the_catalogue_says(JsonElement vector)
    {
        var start = vector.GetProperty("start").GetDateOnly();
        var fractions = vector.GetProperty("fractions").GetInt32();
        var plan = Plan(start, fractions, Holidays());
        var undisturbed = Plan(start, fractions, []);
        var skipped = plan.Gaps.SelectMany(x => x.Reasons).Where(x => x.Code == "holiday").Select(x => (DateOnly)x.Parameters["date"]!);
        Assert.Multiple(() =>
        {
            Assert.That(plan.FirstDay, Is.EqualTo(start));
            Assert.That(plan.LastDay, Is.EqualTo(vector.GetProperty("last").GetDateOnly()));
            Assert.That(plan.LastDay.DayNumber - plan.FirstDay.DayNumber + 1, Is.EqualTo(vector.GetProperty("calendar_days").GetInt32()));
            Assert.That(plan.LongestGapDays, Is.EqualTo(vector.GetProperty("longest_gap_days").GetInt32()));
            Assert.That(plan.DelayDays, Is.EqualTo(vector.GetProperty("delay_against_holiday_free_days").GetInt32()));
            Assert.That(plan.LastDay.DayNumber - undisturbed.LastDay.DayNumber, Is.EqualTo(plan.DelayDays));
            Assert.That(skipped, Is.EqualTo(vector.GetProperty("skipped_holidays").EnumerateArray().Select(x => x.GetDateOnly())));
            Assert.That(plan.LostDays, Is.EqualTo(vector.GetProperty("skipped_holidays").GetArrayLength()));
        });
    }

    private static CoursePlan Plan(DateOnly start, int fractions, Dictionary<DateOnly, string> holidays)
    {
        var time = FreeTime.Of(Worlds.Zone, start.AddDays(-3), 120, holidays, [Worlds.Machine("linac", "Gantry 1")]);
        var pattern = new CoursePattern
        {
            Sessions = fractions,
            SessionMinutes = 20,
            FirstSessionMinutes = 40,
            Cadence = Cadence.Daily,
            MinHoursBetween = 18,
            MaxGapDays = 3,
            StartBlock = 2,
            StartWeekdays = NoFridays,
            ResourceKinds = ["linac"],
        };
        var answer = PlanCourse.Of(new CourseRequest(pattern, LocalTime.Opening(start.AddDays(-3), TimeOnly.MinValue, Worlds.Zone), start), time);
        return answer.Plans.Single(x => x.Why.Any(why => why.Code == "earliest-end"));
    }

    private static Dictionary<DateOnly, string> Holidays() => Read("holidays.json").EnumerateArray()
        .ToDictionary(x => x.GetProperty("date").GetDateOnly(), x => x.GetProperty("name").GetString()!);

    private static JsonElement Read(string name)
    {
        using var stream = typeof(CourseVectorsTests).Assembly.GetManifestResourceStream(name)!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }
}

internal static class JsonDates
{
    public static DateOnly GetDateOnly(this JsonElement element) => DateOnly.ParseExact(element.GetString()!, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
