using MedTourism.Payment;
using MedTourism.Payment.Charges;
using MedTourism.Payment.Checkouts;
using MedTourism.Payment.Events;
using MedTourism.Payment.Ledger;
using MedTourism.Payment.Providers;
using MedTourism.Payment.Refunds;
using MedTourism.Payment.Stripe;
using MedTourism.Payment.Workers;
using MedTourism.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<PaymentDb>("payment", bus =>
{
    bus.AddConsumer<WhenDepositRequested>();
    bus.AddConsumer<WhenHoldExpired>();
    bus.AddConsumer<WhenHoldReleased>();
    bus.AddConsumer<WhenBookingCancelled>();
    bus.AddConsumer<WhenDepositUnplaceable>();
});

builder.Services.AddSingleton(StripeOptions.From(builder.Configuration));
builder.Services.AddSingleton(PassInterval.From(builder.Configuration));
builder.Services.AddSingleton<StripePace>();
builder.Services.AddHttpClient<StripeClient>(http => http.Timeout = Timeout.InfiniteTimeSpan)
    .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    .RemoveAllLoggers();
builder.Services.AddScoped<IPaymentProvider, StripeProvider>();
builder.Services.AddScoped<OpenCheckout>();
builder.Services.AddScoped<ApplyCheckout>();
builder.Services.AddScoped<ApplyFailedTry>();
builder.Services.AddScoped<ApplyRefund>();
builder.Services.AddPass<ProcessEvents>();
builder.Services.AddPass<CloseCheckouts>();
builder.Services.AddPass<SendRefunds>();

var app = builder.Build();
app.UseServiceDefaults();
OpenCheckout.Map(app);
SeePayment.Map(app);
ReceiveStripeEvent.Map(app);
SeeLedger.Map(app);
RetryRefund.Map(app);
await app.RunAsync();

public partial class Program;
