using MedTourism.Notifications;
using MedTourism.Notifications.Accounts;
using MedTourism.Notifications.Bookings;
using MedTourism.Notifications.Calendars;
using MedTourism.Notifications.Contacts;
using MedTourism.Notifications.Letters;
using MedTourism.Notifications.Mails;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<NotificationsDb>("notifications", bus =>
{
    bus.AddConsumer<WhenPatientContactGiven>();
    bus.AddConsumer<WhenAccountErased>();
    bus.AddConsumer<WhenBookingPlaced>();
    bus.AddConsumer<WhenDepositRequested>();
    bus.AddConsumer<WhenBookingConfirmed>();
    bus.AddConsumer<WhenBookingCancelled>();
    bus.AddConsumer<WhenRefundIssued>();
    bus.AddConsumer<WhenDepositUnplaceable>();
    bus.AddConsumer<WhenBookingCodeRequested>();
    bus.AddConsumer<WhenAccountLinkRequested>();
    bus.AddConsumer<WhenTreatmentPlanIssued>();
    bus.AddConsumer<WhenRepairProposed>();
    bus.AddConsumer<WhenRepairImpossible>();
    bus.AddConsumer<WhenCycleExpected>();
    bus.AddConsumer<WhenWaitlistJoined>();
    bus.AddConsumer<WhenWaitlistOffered>();
    bus.AddConsumer<WhenBookingRescheduled>();
});
builder.Services.AddSingleton<IMailTransport, SmtpTransport>();
builder.Services.AddSingleton<SealedLetters>();
builder.Services.AddScoped<MailQueue>();
builder.Services.AddSingleton<LetterWriter>();
builder.Services.AddSingleton(new PublicSite(builder.Configuration.Required("Web:PublicUrl"), builder.Configuration.Required("Smtp:From")));
builder.Services.AddHostedService<SealLetters>();
builder.Services.AddHostedService<DeliverMails>();

var app = builder.Build();
app.UseServiceDefaults();
DownloadCalendar.Map(app);
ListMails.Map(app);
RetryMail.Map(app);
await app.RunAsync();

public partial class Program;
