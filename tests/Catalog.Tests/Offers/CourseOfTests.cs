using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Seeding;

namespace MedTourism.Catalog.Tests.Offers;

public sealed class CourseOfTests
{
    private static readonly int[] NoFridays = [1, 2, 3, 4];
    private static readonly SeedFiles Seed = SeedFiles.Load(demo: true);

    [Test]
    public void A_radiotherapy_course_has_the_patterns_numbers_and_their_sources()
    {
        var course = CourseOf.Pattern(Seed.Patterns.Single(x => x.Id == "P-RT"))!;
        Assert.Multiple(() =>
        {
            Assert.That((course.FewestSessions, course.MostSessions, course.Cadence, course.MinHoursBetween, course.MaxGapDays, course.StartBlock), Is.EqualTo((5, 35, "daily", 18, 3, 2)));
            Assert.That(course.StartWeekdays, Is.EqualTo(NoFridays));
            Assert.That((course.PlanningMinWorkingDays, course.PlanningMaxWorkingDays), Is.EqualTo((5, 10)));
            Assert.That((course.SecondSessionAfterHours, course.Basis["secondSessionAfterHours"]), Is.EqualTo((6, "bid6h")));
            Assert.That((course.WeekendCatchUp, course.Basis["weekendCatchUp"]), Is.EqualTo((true, "rtgap")));
            Assert.That(course.Basis["minHoursBetween"], Is.EqualTo(ShowOffer.SignOff));
        });
    }

    [Test]
    public void Cycles_of_radioligand_therapy_are_weeks_apart()
    {
        var course = CourseOf.Pattern(Seed.Patterns.Single(x => x.Id == "P-RLT"))!;
        Assert.That((course.Cadence, course.FewestSessions, course.MostSessions, course.CycleMinDays, course.CycleMaxDays), Is.EqualTo(("cycle", 4, 6, 42, 56)));
    }

    [Test]
    public void Only_patterns_that_repeat_are_courses_and_every_source_they_name_is_known()
    {
        var courses = Seed.Patterns.Select(CourseOf.Pattern).OfType<MedTourism.Contracts.Catalog.CourseTerms>().ToList();
        Assert.That(courses.Select(x => x.PatternId), Is.EquivalentTo(new[] { "P-RT", "P-PROTON", "P-GK", "P-RLT" }));
        Assert.That(courses.SelectMany(x => x.Basis.Values).Where(x => x != ShowOffer.SignOff), Is.SubsetOf(Seed.Sources.Select(x => x.Key)));
    }
}
