using MassTransit;
using MedTourism.Catalog;
using MedTourism.Catalog.Announcements;
using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Offers;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Responses;
using MedTourism.Catalog.Seeding;
using MedTourism.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<CatalogDb>("catalog", bus => bus.AddConsumer<WhenOfferDaysChanged>());
builder.Services.AddPublicCache();
builder.Services.AddSingleton(provider => SeedFiles.Load(provider.GetRequiredService<IConfiguration>().GetValue("Demo", false)));
builder.Services.AddHostedService<LoadSeed.AtStart>();

var app = builder.Build();
app.UseOutputCache(); // before everything else: see PublicCache
app.UseServiceDefaults();
SearchOffers.Map(app);
ShowOffer.Map(app);
ListCenters.Map(app);
ShowCenter.Map(app);
ListCities.Map(app);
ListLines.Map(app);
ListCountries.Map(app);
ShowVisaRules.Map(app);
ListHolidays.Map(app);
ChangeEquipmentStatus.Map(app);
Republish.Map(app);
await app.RunAsync();

public partial class Program;
