using MedTourism.Booking.Availability;

namespace MedTourism.Booking.Tests.Availability;

public sealed class LocalTimeTests
{
    private static readonly TimeOnly[] Times = [new(0, 0), new(0, 30), new(1, 15), new(2, 30), new(3, 0), new(12, 0), new(23, 45)];

    [Test]
    public void Day_after_day_every_zone_gives_the_moments_that_the_slow_way_gives()
    {
        var turned = 0;
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var days = new LocalDays(zone);
            for (var day = new DateOnly(2026, 1, 1); day < new DateOnly(2028, 1, 1); day = day.AddDays(1))
            {
                var midnight = zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue));
                turned += midnight == zone.GetUtcOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) ? 0 : 1;
                foreach (var time in Times)
                {
                    if (days.Opening(day, time) != LocalTime.Opening(day, time, zone) || days.Closing(day, time) != LocalTime.Closing(day, time, zone))
                    {
                        Assert.Fail($"{zone.Id} {day} {time}");
                    }
                }
            }
        }

        Assert.That(turned, Is.GreaterThan(100), "the clocks of many zones are turned in two years");
    }

    [Test]
    public void Days_may_be_asked_about_in_any_order()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var days = new LocalDays(zone);
        foreach (var n in new[] { 5, 6, 4, 200, 5, 0, 1, 1, 2, 400, 86, 85, 87, 303, 304, 305, 303 })
        {
            var day = new DateOnly(2027, 1, 1).AddDays(n);
            Assert.That(days.Opening(day, new TimeOnly(2, 30)), Is.EqualTo(LocalTime.Opening(day, new TimeOnly(2, 30), zone)), $"{day}");
        }
    }

    [TestCase("Europe/Berlin")]
    [TestCase("America/New_York")]
    [TestCase("Australia/Lord_Howe")]
    [TestCase("Africa/Casablanca")]
    [TestCase("Asia/Almaty")]
    public void The_clock_on_the_wall_is_right_every_five_minutes_of_two_years_forth_and_back(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var clock = new LocalClock(zone);
        var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        const int steps = 2 * 365 * 24 * 12;
        foreach (var n in Enumerable.Range(0, steps).Concat(Enumerable.Range(0, steps).Reverse().Where(n => n % 37 == 0)))
        {
            var moment = begin.AddMinutes(5 * n);
            if (clock.At(moment) != TimeZoneInfo.ConvertTime(moment, zone).DateTime)
            {
                Assert.Fail($"{moment}");
            }
        }
    }
}
