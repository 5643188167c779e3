namespace MedTourism.Notifications.Mails;

/// <summary>Hands a letter to a mail server. Returning means that the server took it.</summary>
public interface IMailTransport
{
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}

/// <summary>A letter, written. <see cref="MessageId"/> stays the same for every try, so that a server or a reader can tell a repetition.</summary>
public sealed record OutgoingMail(string MessageId, string To, string Culture, string Subject, string Html, string Text, string? CalendarFile);
