using System.Net;
using MedTourism.Contracts.Identity;
using MedTourism.Notifications.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Notifications.Tests.Contacts;

public sealed class WhenAccountErasedTests : MailFixture
{
    [Test]
    public async Task An_erased_account_leaves_no_contact_whatever_order_its_messages_came_in([Values] bool contactLast, [Values] bool placedLast)
    {
        var (booking, other, account) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.NewGuid());
        await SayAsync(Samples.Contact(other));
        await SayAsync(Samples.Placed(other, Guid.NewGuid()));
        var steps = new List<Func<Task>>
        {
            () => SayAsync(Samples.Contact(booking)), () => SayAsync(Samples.Placed(booking, account)), () => SayAsync(new AccountErased(account, Samples.Start)),
        };
        if (placedLast)
        {
            (steps[1], steps[2]) = (steps[2], steps[1]);
        }

        if (contactLast)
        {
            steps.Add(steps[0]);
            steps.RemoveAt(0);
        }

        foreach (var step in steps)
        {
            await step();
        }

        var left = await WithDb(db => db.Contacts.Select(contact => contact.BookingId).Where(id => id == booking || id == other).ToListAsync());
        Assert.That(left, Is.EqualTo(new[] { other }));
    }

    [Test]
    public async Task Letters_that_wait_and_calendars_go_with_the_account()
    {
        var (booking, account) = (Guid.CreateVersion7(), Guid.NewGuid());
        await SayAsync(Samples.Placed(booking, account));
        await SayAsync(Samples.Confirmed(booking));
        await SayAsync(new AccountErased(account, Samples.Start));

        var mail = await MailAsync(booking, "confirmed", "dropped");
        Assert.That((mail.Payload, mail.SealedPayload, mail.LastError), Is.EqualTo(((string?)null, (byte[]?)null, "erased")));
        using var calendar = await App.Client.GetAsync(new Uri($"/calendar/{booking}", UriKind.Relative));
        Assert.That(calendar.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}
