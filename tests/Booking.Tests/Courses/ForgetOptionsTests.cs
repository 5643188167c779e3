using MedTourism.Booking.Courses;

namespace MedTourism.Booking.Tests.Courses;

public sealed class ForgetOptionsTests
{
    [Test]
    public async Task Options_past_their_hour_are_removed_and_the_others_can_still_be_held()
    {
        var market = await Clinic.OpenAsync();
        var (plan, guest) = (await Clinic.IssueAsync(market), Market.NewGuest());
        var (old, good) = (await guest.FirstOptionAsync(plan), await guest.FirstOptionAsync(plan));
        await Market.ScalarAsync("UPDATE course_options SET expires_at = now() - interval '1 second' WHERE id = $1", old.GetProperty("optionId").GetGuid());

        await using var db = Takers.Db();
        await Task.WhenAll(ForgetOptions.RunOnceAsync(db, CancellationToken.None), RunAnotherAsync());

        Assert.That(await market.CountAsync("SELECT count(*) FROM course_options WHERE id = $1", old.GetProperty("optionId").GetGuid()), Is.Zero);
        Assert.That((await guest.TryHoldCourseAsync(plan, old)).Slug, Is.EqualTo("option-unknown"));
        Assert.That((await guest.TryHoldCourseAsync(plan, good)).Status, Is.EqualTo(System.Net.HttpStatusCode.Created));

        static async Task RunAnotherAsync()
        {
            await using var other = Takers.Db();
            await ForgetOptions.RunOnceAsync(other, CancellationToken.None);
        }
    }
}
