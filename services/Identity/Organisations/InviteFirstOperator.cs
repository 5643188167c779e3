using MassTransit;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Demo;
using MedTourism.ServiceDefaults;

namespace MedTourism.Identity.Organisations;

/// <summary>A new installation has nobody who could invite anybody: at its first start the person named in the settings becomes the operator.</summary>
public sealed class InviteFirstOperator(IServiceScopeFactory scopes, IConfiguration configuration, ILogger<InviteFirstOperator> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration.GetValue<bool>("Demo") || configuration["Identity:FirstOperatorEmail"] is not { Length: > 0 } email)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<IdentityDb>();
        var link = await db.InTransactionAsync(
            async () =>
            {
                var organisation = await CreateOrganisation.AddAsync(
                    db, services.GetRequiredService<IPublishEndpoint>(), SeedAccounts.Operator, "operator", "Operator", null, demo: false,
                    services.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
                var sent = organisation is null
                    ? null
                    : await services.GetRequiredService<Links>().SendAsync("invitation", email, "en", null, cancellationToken, organisation, ["operator"]);
                await db.SaveChangesAsync(cancellationToken);
                return sent;
            },
            cancellationToken);
        if (link is not null)
        {
            // Said once and only here, because mail may not work yet on a machine that is just being set up.
            log.LogWarning("First start: open {Link} within seven days to become the operator", link);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
