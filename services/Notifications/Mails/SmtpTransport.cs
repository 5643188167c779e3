using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace MedTourism.Notifications.Mails;

/// <summary>Sends by SMTP: <c>Smtp:Host</c>, <c>Smtp:Port</c>, <c>Smtp:From</c>, and where the server asks for them <c>Smtp:User</c>, <c>Smtp:Password</c>, <c>Smtp:StartTls</c>.</summary>
public sealed class SmtpTransport(IConfiguration configuration) : IMailTransport
{
    private readonly string _host = configuration.Required("Smtp:Host");
    private readonly MailAddress _from = new(configuration.Required("Smtp:From"));

    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(mail);
        using var message = Compose(mail);
        using var client = new SmtpClient(_host, configuration.GetValue("Smtp:Port", 25)) { EnableSsl = configuration.GetValue<bool>("Smtp:StartTls") };
        if (configuration["Smtp:User"] is { Length: > 0 } user)
        {
            client.Credentials = new NetworkCredential(user, configuration["Smtp:Password"]);
        }

        await client.SendMailAsync(message, ct);
    }

    private MailMessage Compose(OutgoingMail mail)
    {
        var message = new MailMessage { From = _from, Subject = OneLine(mail.Subject), SubjectEncoding = Encoding.UTF8 };
        message.To.Add(mail.To);
        message.Headers.Add("Message-ID", $"<{mail.MessageId}@{_from.Host}>");
        message.Headers.Add("Content-Language", mail.Culture);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(mail.Html, MediaTypeNames.Text.Html));
        if (mail.CalendarFile is not null)
        {
            var type = new ContentType("text/calendar; charset=utf-8; method=PUBLISH") { Name = "appointment.ics" };
            message.Attachments.Add(new Attachment(new MemoryStream(Encoding.UTF8.GetBytes(mail.CalendarFile)), type) { TransferEncoding = TransferEncoding.Base64 });
        }

        return message;
    }

    private static AlternateView View(string content, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.Base64;
        return view;
    }

    private static string OneLine(string subject) => subject.ReplaceLineEndings(" ");
}
