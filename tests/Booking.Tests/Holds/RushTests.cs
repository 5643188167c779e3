using MedTourism.Booking.Holds;
using MedTourism.ServiceDefaults;

namespace MedTourism.Booking.Tests.Holds;

public sealed class RushTests
{
    private static readonly (Guid, DateTimeOffset) Start = (Guid.NewGuid(), new DateTimeOffset(2027, 3, 1, 5, 0, 0, TimeSpan.Zero));
    private static readonly Refusal Late = new(409, "time-taken", "Late.");

    [Test]
    public async Task One_goes_on_and_all_who_wait_hear_what_it_was_told()
    {
        var rush = new Rush();
        var people = Enumerable.Range(0, 5).Select(Someone).ToList();
        var turns = people.ConvertAll(person => rush.EnterAsync(Start, person));
        Assert.That(await turns[0], Is.Null);
        Assert.That(turns.Skip(1).Select(turn => turn.IsCompleted), Is.All.False);
        rush.Refuse(Start, people[1..4], Late);
        Assert.That((await turns[1], await turns[2], await turns[3]), Is.EqualTo((Late, Late, Late)));
        Assert.That(turns[4].IsCompleted, Is.False, "came after the question");
        rush.Leave(Start, people[0]);
        Assert.That(await turns[4], Is.Null);
        rush.Leave(Start, people[4]);
        Assert.That(await rush.EnterAsync(Start, Someone(9)), Is.Null, "nothing is left of the line");
    }

    [Test]
    public async Task If_the_database_does_not_answer_everyone_in_the_line_learns_it_at_once()
    {
        var rush = new Rush();
        var people = Enumerable.Range(0, 3).Select(Someone).ToList();
        var turns = people.ConvertAll(person => rush.EnterAsync(Start, person));
        rush.Fail(Start, people[0], new TimeoutException("away"));
        Assert.ThrowsAsync<TimeoutException>(() => turns[1]);
        Assert.ThrowsAsync<TimeoutException>(() => turns[2]);
        rush.Leave(Start, people[0]);
        Assert.That(await rush.EnterAsync(Start, Someone(9)), Is.Null);
    }

    [Test]
    public async Task Another_start_does_not_wait()
    {
        var rush = new Rush();
        await rush.EnterAsync(Start, Someone(1));
        Assert.That(await rush.EnterAsync((Start.Item1, Start.Item2.AddMinutes(30)), Someone(2)), Is.Null);
    }

    [Test]
    public async Task Many_at_once_are_at_the_front_one_at_a_time_and_nobody_is_forgotten()
    {
        var rush = new Rush();
        var (front, most, served) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => Task.Run(async () =>
        {
            var me = Someone(n);
            if (await rush.EnterAsync(Start, me) is null)
            {
                var now = Interlocked.Increment(ref front);
                most = Math.Max(most, now);
                await Task.Yield();
                if (n % 3 == 0)
                {
                    rush.Refuse(Start, rush.Line(Start).Where(person => person != me), Late);
                }

                Interlocked.Decrement(ref front);
                rush.Leave(Start, me);
            }

            Interlocked.Increment(ref served);
        })));
        Assert.That((most, served), Is.EqualTo((1, 500)));
    }

    private static Rush.Person Someone(int n) => new(new IdempotencyKey("anonymous", "POST /holds", $"{n}"));
}
