namespace MedTourism.Booking.Sessions;

/// <summary>A session as its patient and its clinic see it.</summary>
public sealed record SessionView(Guid SessionId, int Number, string Phase, int Trip, DateTimeOffset Start, DateTimeOffset End, string State, int Sequence)
{
    public static SessionView Of(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new SessionView(session.Id, session.Number, session.Phase, session.Trip, session.StartsAt, session.EndsAt, session.State, session.Sequence);
    }
}
