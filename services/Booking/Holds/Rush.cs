using MedTourism.ServiceDefaults;

namespace MedTourism.Booking.Holds;

/// <summary>
/// When many want the same start at once, one of them at a time goes to the database, and what it says is told to all who waited when it was asked.
/// This spares it hundreds of alike questions and decides nothing: whether a time is free is decided there, also between replicas.
/// </summary>
public sealed class Rush
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Offer, DateTimeOffset Start), LinkedList<Person>> _lines = [];

    /// <summary>Someone in the line for a start, known by the key of their request.</summary>
    public sealed class Person(IdempotencyKey key)
    {
        internal TaskCompletionSource<Refusal?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IdempotencyKey Key { get; } = key;
    }

    /// <summary>Waits for one's turn. Null means that it is: ask the database, and <see cref="Leave"/> in the end, whatever happens.</summary>
    public Task<Refusal?> EnterAsync((Guid Offer, DateTimeOffset Start) wanted, Person person)
    {
        ArgumentNullException.ThrowIfNull(person);
        lock (_gate)
        {
            if (!_lines.TryGetValue(wanted, out var line))
            {
                _lines[wanted] = line = [];
                person.Turn.SetResult(null);
            }

            line.AddLast(person);
        }

        return person.Turn.Task;
    }

    /// <summary>Everyone in the line now: who is at the front, and who waits.</summary>
    public List<Person> Line((Guid Offer, DateTimeOffset Start) wanted)
    {
        lock (_gate)
        {
            return [.. _lines[wanted]];
        }
    }

    /// <summary>Sends these waiting people home with an answer.</summary>
    public void Refuse((Guid Offer, DateTimeOffset Start) wanted, IEnumerable<Person> people, Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(people);
        lock (_gate)
        {
            foreach (var person in people)
            {
                _lines[wanted].Remove(person);
                person.Turn.TrySetResult(refusal);
            }
        }
    }

    /// <summary>The database did not answer: nobody of this line should wait for the same again, one after the other.</summary>
    public void Fail((Guid Offer, DateTimeOffset Start) wanted, Person me, Exception exception)
    {
        lock (_gate)
        {
            foreach (var person in _lines[wanted].Where(person => person != me).ToList())
            {
                _lines[wanted].Remove(person);
                person.Turn.TrySetException(exception);
            }
        }
    }

    /// <summary>Gives way to the next one.</summary>
    public void Leave((Guid Offer, DateTimeOffset Start) wanted, Person person)
    {
        lock (_gate)
        {
            var line = _lines[wanted];
            line.Remove(person);
            if (line.First is { } next)
            {
                next.Value.Turn.TrySetResult(null);
            }
            else
            {
                _lines.Remove(wanted);
            }
        }
    }
}
