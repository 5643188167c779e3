using MedTourism.Booking.Holds;

namespace MedTourism.Booking.Bookings;

/// <summary>Whose booking it is and how to reach them: personal data, apart from the booking.</summary>
public sealed class BookingPerson
{
    public Guid BookingId { get; init; }

    public required string FamilyName { get; init; }

    public required string GivenNames { get; init; }

    public DateOnly DateOfBirth { get; init; }

    public required string Citizenship { get; init; }

    public bool ForSelf { get; init; }

    public required string Email { get; init; }

    public string? Phone { get; init; }

    public required string Culture { get; init; }

    public string? TimeZone { get; init; }

    public bool NeutralTitle { get; init; }
}

/// <summary>An answer to a safety question of the offer: yes, no or unknown.</summary>
public sealed class BookingAnswer
{
    public Guid BookingId { get; init; }

    public required string QuestionId { get; init; }

    public required string Value { get; init; }
}

/// <summary>The hash of a key that opens a booking.</summary>
public sealed class BookingKey
{
    public Guid BookingId { get; init; }

    public required byte[] KeyHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>A key of its own for one letter.</summary>
    public static async Task<string> NewAsync(BookingDb db, Guid bookingId, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var key = AccessKey.New();
        db.BookingKeys.Add(new BookingKey { BookingId = bookingId, KeyHash = AccessKey.Hash(key), CreatedAt = now });
        await db.SaveChangesAsync(ct);
        return key;
    }
}

/// <summary>A six-digit code sent by e-mail: good for ten minutes, five tries and one use.</summary>
public sealed class BookingCode
{
    public Guid Id { get; init; }

    public Guid BookingId { get; init; }

    public required byte[] CodeHash { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Something that happened to a booking, or someone who looked at it. Without personal data.</summary>
public sealed class BookingEvent(Guid bookingId, string kind, string? fromState, string? toState, string actor, string? detail, DateTimeOffset at)
{
    public long Id { get; init; }

    public Guid BookingId { get; private set; } = bookingId;

    public string Kind { get; private set; } = kind;

    public string? FromState { get; private set; } = fromState;

    public string? ToState { get; private set; } = toState;

    public string Actor { get; private set; } = actor;

    public string? Detail { get; private set; } = detail;

    public DateTimeOffset At { get; private set; } = at;
}
