using System.Text.Encodings.Web;
using System.Text.Unicode;
using MedTourism.ServiceDefaults;
using MedTourism.Web.Agencies;
using MedTourism.Web.Clients;
using MedTourism.Web.Clinics;
using MedTourism.Web.Feeds;
using MedTourism.Web.Locales;
using MedTourism.Web.Operator;
using MedTourism.Web.Patients;
using MedTourism.Web.People;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using Microsoft.AspNetCore.DataProtection;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddRazorComponents();
// Cyrillic and Arabic letters as themselves: as entities they would be five times as long.
builder.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
builder.Services.AddHttpContextAccessor();
builder.Services.AddAntiforgery(options =>
{
    options.Cookie.Name = "form";
    options.FormFieldName = "token";
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Messages>();
builder.Services.AddSingleton<Assets>();
builder.Services.AddScoped<Texts>();
builder.Services.AddScoped<Site>();
builder.Services.Configure<RouteOptions>(options => options.ConstraintMap["culture"] = typeof(CultureConstraint));
// Pages hold no secret that stays the same between two answers: form tokens are masked anew each time.
builder.Services.AddResponseCompression(options => options.EnableForHttps = true);
builder.Services.AddHealthChecks();
builder.Services.AddServiceClients(builder.Configuration);
builder.Services.AddPatients();
builder.Logging.AddSafeTraces();
builder.Services.AddTelemetry(builder.Configuration, "web");
builder.AddFeeds();
builder.AddSession();
if (builder.Configuration.SignInEnabled())
{
    builder.AddAgencies();
    builder.AddClinics();
    builder.AddOperator();
    builder.AddPeople();
}

// Every replica must read the cookies of the others: a shared folder keeps the keys.
var protection = builder.Services.AddDataProtection().SetApplicationName("medtourism-web");
if (builder.Configuration["DataProtection:Folder"] is { Length: > 0 } folder)
{
    protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
}

var app = builder.Build();

app.UseForwardedAddress();
app.UseResponseCompression();
app.UseRouting();
app.UseSafeTraces();
app.UseCultureFromAddress();
app.UseSecurityHeaders();
app.UseStatusPages();
app.UseSignedInPerson();
app.UseAntiforgery();

app.MapStaticAssets();
app.MapHealthChecks("/health/live");
app.MapHealthChecks("/health/ready");

var pages = app.MapGroup("/{culture:culture}");
pages.MapPatients();
app.MapSession(pages);
if (app.Configuration.SignInEnabled())
{
    pages.MapAgencies();
    pages.MapClinics();
    pages.MapOperator();
    pages.MapPeople();
}
app.MapPatientsWithoutCulture();
PassFeed.Map(app);

await app.RunAsync();

public partial class Program;
