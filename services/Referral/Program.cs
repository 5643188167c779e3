using MedTourism.Referral;
using MedTourism.Referral.Agencies;
using MedTourism.Referral.Agreements;
using MedTourism.Referral.Demo;
using MedTourism.Referral.Links;
using MedTourism.Referral.Referrals;
using MedTourism.Referral.Visits;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<ReferralDb>("referral", bus =>
{
    bus.AddConsumer<WhenOrganisationCreated>();
    bus.AddConsumer<WhenBookingPlaced>();
    bus.AddConsumer<WhenBookingConfirmed>();
    bus.AddConsumer<WhenBookingCancelled>();
});
if (builder.Configuration.GetValue<bool>("Demo"))
{
    builder.Services.AddHostedService<SeedDemo>();
}

var app = builder.Build();
app.UseServiceDefaults();
RecordVisit.Map(app);
ListLinks.Map(app);
CreateLink.Map(app);
ListReferrals.Map(app);
ExportReferrals.Map(app);
Summarise.Map(app);
ViewAgreement.Map(app);
SetAgreement.Map(app);
ShowTerms.Map(app);
await app.RunAsync();

public partial class Program;
