using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Organisations;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Demo;

/// <summary>
/// In demo mode: organisations and people to click through every journey, made once, with secrets of this installation's own that are
/// written to the file <c>Demo:AccountsFile</c> for its owner.
/// </summary>
public sealed class SeedAccounts(IServiceScopeFactory scopes, IConfiguration configuration) : IHostedService
{
    /// <summary>Known ids, so that other services' demo data can name the organisations.</summary>
    public static readonly Guid
        Operator = new("0190d000-0000-7000-8000-000000000001"),
        TravelAgency = new("0190d000-0000-7000-8000-00000000a001"),
        SecondAgency = new("0190d000-0000-7000-8000-00000000a002"),
        OrhunAktau = new("0190d000-0000-7000-8000-00000000c001"),
        DentalAlmaty = new("0190d000-0000-7000-8000-00000000c002"),
        Umit = new("0190d000-0000-7000-8000-00000000c003"),
        Persona = new("0190d000-0000-7000-8000-00000000c004");

    private static readonly (Guid Id, string Kind, string Name, string? Ref)[] Organisations =
    [
        (Operator, "operator", "DEMO Marketplace operator", null),
        (TravelAgency, "agency", "DEMO Travel Agency", null),
        (SecondAgency, "agency", "DEMO Second Agency", null),
        (OrhunAktau, "clinic", "Orhun Medical, Aktau (DEMO account)", "orhun-aktau"),
        (DentalAlmaty, "clinic", "DEMO Dental Almaty", "demo-dental-almaty"),
        (Umit, "clinic", "UMIT, Astana (DEMO account)", "umit"),
        (Persona, "clinic", "PERSONA, Almaty (DEMO account)", "persona"),
    ];

    private static readonly (string Email, string Name, string Culture, string Label, Guid? Organisation, string? Role)[] People =
    [
        ("patient@demo.example", "DEMO Patient", "en", "patient", null, null),
        ("clinic.admin@demo.example", "DEMO Clinic administrator", "ru", "clinic-admin", OrhunAktau, "admin"),
        ("clinic.scheduler@demo.example", "DEMO Scheduler", "ru", "clinic-scheduler", OrhunAktau, "scheduler"),
        ("clinic.doctor@demo.example", "DEMO Doctor", "kk", "clinic-doctor", OrhunAktau, "doctor"),
        ("dental.admin@demo.example", "DEMO Dental administrator", "ru", "clinic-admin", DentalAlmaty, "admin"),
        ("radiation.scheduler@demo.example", "DEMO Radiotherapy scheduler", "ru", "clinic-scheduler", Umit, "scheduler"),
        ("radiation.doctor@demo.example", "DEMO Radiotherapy doctor", "ru", "clinic-doctor", Umit, "doctor"),
        ("agency.admin@demo.example", "DEMO Agency administrator", "en", "agency-admin", TravelAgency, "admin"),
        ("agency.agent@demo.example", "DEMO Agent", "fr", "agency-agent", TravelAgency, "agent"),
        ("second.agency@demo.example", "DEMO Second agency administrator", "ar", "agency-admin", SecondAgency, "admin"),
        ("operator@demo.example", "DEMO Operator", "en", "operator", Operator, "operator"),
        ("fertility.scheduler@demo.example", "DEMO Fertility coordinator", "ru", "clinic-scheduler", Persona, "scheduler"),
        ("fertility.doctor@demo.example", "DEMO Fertility doctor", "ru", "clinic-doctor", Persona, "doctor"),
    ];

    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!configuration.GetValue<bool>("Demo"))
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        await db.InTransactionAsync(() => SeedAsync(scope.ServiceProvider, db, cancellationToken), cancellationToken);
        if (configuration["Demo:AccountsFile"] is { Length: > 0 } file)
        {
            await WriteAsync(db, scope.ServiceProvider.GetRequiredService<Secrets>(), file, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task SeedAsync(IServiceProvider services, IdentityDb db, CancellationToken ct)
    {
        var bus = services.GetRequiredService<IPublishEndpoint>();
        var users = services.GetRequiredService<UserManager<Account>>();
        var secrets = services.GetRequiredService<Secrets>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(7226110913)", ct); // replicas that start together seed once
        foreach (var (id, kind, name, externalRef) in Organisations)
        {
            await CreateOrganisation.AddAsync(db, bus, id, kind, name, externalRef, demo: true, now, ct);
        }

        foreach (var (position, person) in People.Index())
        {
            if (await users.FindByEmailAsync(person.Email) is not null)
            {
                continue;
            }

            var password = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(12));
            var account = Account.Create(person.Email, person.Culture, now);
            (account.Name, account.Demo) = (person.Name, true);
            if (person.Organisation is not null)
            {
                (account.TotpSecret, account.TwoFactorEnabled) = (secrets.Seal(Secrets.TotpOf(account.Id), Totp.NewSecret()), true);
            }

            var created = await users.CreateAsync(account, password);
            if (!created.Succeeded)
            {
                throw new InvalidOperationException($"The demo account {person.Label} could not be made: {string.Join(", ", created.Errors.Select(e => e.Code))}.");
            }

            db.DemoAccounts.Add(new DemoAccount { AccountId = account.Id, Position = position, Role = person.Label, Password = password });
            if (person.Organisation is { } organisation)
            {
                await OpenLink.JoinAsync(db, bus, account.Id, organisation, [person.Role!], now, ct);
            }
        }

        await db.SaveChangesAsync(ct);
    }

    private static async Task WriteAsync(IdentityDb db, Secrets secrets, string file, CancellationToken ct)
    {
        var stored = await (from demo in db.DemoAccounts
                            join account in db.Users on demo.AccountId equals account.Id
                            orderby demo.Position
                            select new
                            {
                                demo.Role,
                                account.Id,
                                account.Email,
                                demo.Password,
                                account.TotpSecret,
                                Organisation = db.Memberships.Where(m => m.AccountId == account.Id).Select(m => m.Organisation!.Name).FirstOrDefault(),
                                account.Culture,
                            }).ToListAsync(ct);
        var rows = stored.Select(row => new
        {
            row.Role,
            row.Email,
            row.Password,
            TotpSecret = row.TotpSecret is null ? null : secrets.Open(Secrets.TotpOf(row.Id), row.TotpSecret),
            row.Organisation,
            row.Culture,
        });
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.Delete(file); // the mode below is only given to a new file
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(file, options);
        await JsonSerializer.SerializeAsync(stream, rows, Readable, ct);
    }
}
