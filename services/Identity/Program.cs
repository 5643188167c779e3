using System.Threading.RateLimiting;
using MedTourism.Identity;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Bridge;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Organisations;
using MedTourism.Identity.Pages;
using MedTourism.Identity.SignIns;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<IdentityDb>("identity");

var services = builder.Services;
services.AddRazorComponents();
services.AddAntiforgery(options =>
{
    options.Cookie.Name = "accounts_form";
    options.Cookie.SameSite = SameSiteMode.Lax; // Strict would be withheld when the engine's redirect brings the browser here
    options.SuppressXFrameOptionsHeader = true; // the content policy says it
});
services.AddDataProtection().SetApplicationName("medtourism-identity");
services.AddSingleton<IConfigureOptions<KeyManagementOptions>, SharedKeys>();
services.AddIdentityCore<Account>(options =>
{
    // Length decides; rules about kinds of characters make passwords worse (NIST SP 800-63B).
    options.Password = new PasswordOptions { RequiredLength = 12, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 5 };
    options.User.RequireUniqueEmail = true;
    options.User.AllowedUserNameCharacters = string.Empty; // any address is a name
}).AddEntityFrameworkStores<IdentityDb>();
services.AddHttpClient<EngineBridge>(EngineBridge.Configure);
services.AddSingleton<Secrets>();
services.AddHostedService<SealSecrets>();
services.AddSingleton(new SealedMessages(Sealing.FromSetting(builder.Configuration, "Identity:SecretKey", "medtourism-identity-messages")));
services.AddSingleton<Texts>();
services.AddScoped<MedTourism.Identity.Pages.Page>();
services.AddScoped<Links>();
services.AddScoped<Visits>();
services.AddScoped<Progress>();
services.AddScoped<Passwords>();
services.AddScoped<EraseAccount.Eraser>();
services.AddScoped<SendLink.Mail>();
services.AddScoped<DemoAccounts>();
services.AddScoped<ChangeRoles.Members>();
services.AddHostedService<SeedAccounts>();
services.AddHostedService<InviteFirstOperator>();
services.AddHostedService<SweepSignIns>();
services.AddRateLimiter(limits => limits.AddPolicy("pages", http => HttpMethods.IsPost(http.Request.Method)
    ? RateLimitPartition.GetFixedWindowLimiter(
        $"pages:{http.Connection.RemoteIpAddress}",
        _ => new FixedWindowRateLimiterOptions { PermitLimit = builder.Configuration.GetValue("Limits:pages", 30), Window = TimeSpan.FromMinutes(1) })
    : RateLimitPartition.GetNoLimiter("pages")));

var app = builder.Build();
app.UseServiceDefaults();
app.MapGet("/site.css", () => Results.File(Path.Combine(AppContext.BaseDirectory, "wwwroot", "css", "site.css"), "text/css")).AllowAnonymous().ExcludeFromDescription();

StartSignIn.Map(app);
SubmitPassword.Map(app);
SendLink.Map(app);
EnterCode.Map(app);
EnrolSecondFactor.Map(app);
ChooseOrganisation.Map(app);
DemoAccounts.Map(app, app.Configuration.GetValue<bool>("Demo"));
OpenLink.Map(app);
SignOutEverywhere.Map(app);
EraseAccount.Map(app);
Claims.Map(app);
Me.Map(app);
ChangeName.Map(app);
ListMembers.Map(app);
InviteMember.Map(app);
ResendInvitation.Map(app);
TakeBackInvitation.Map(app);
ChangeRoles.Map(app);
ListOrganisations.Map(app);
CreateOrganisation.Map(app);
InviteFirstAdmin.Map(app);

await app.RunAsync();

public partial class Program;
