using MassTransit;
using MedTourism.Identity.Accounts;
using MedTourism.Identity.Demo;
using MedTourism.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.Organisations;

/// <summary>
/// A new installation has nobody who could invite anybody: the person named in the settings becomes the operator. As long as nobody has, a start
/// invites again once the invitation ran out or another person is named.
/// </summary>
public sealed class InviteFirstOperator(IServiceScopeFactory scopes, IConfiguration configuration, ILogger<InviteFirstOperator> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration.GetValue<bool>("Demo") || configuration["Identity:FirstOperatorEmail"] is not { Length: > 0 } named)
        {
            return;
        }

        var email = Addresses.Read(named) ?? throw new InvalidOperationException("The setting 'Identity:FirstOperatorEmail' is not an e-mail address.");

        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<IdentityDb>();
        var link = await db.InTransactionAsync(
            async () =>
            {
                await CreateOrganisation.AddAsync(
                    db, services.GetRequiredService<IPublishEndpoint>(), SeedAccounts.Operator, "operator", "Operator", null, demo: false,
                    services.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
                var organisation = (await Administration.LockAsync(db, SeedAccounts.Operator, cancellationToken))!; // replicas that start together invite once
                var sent = await Administration.AnyAdminAsync(db, organisation, cancellationToken) || await IsInvitedAsync(db, organisation.Id, email, cancellationToken)
                    ? null
                    : await InviteFirstAdmin.SendAsync(db, services.GetRequiredService<Links>(), organisation, email, "en", cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                return sent;
            },
            cancellationToken);
        if (link is not null)
        {
            // Said once and only here, because mail may not work yet on a machine that is just being set up.
            log.LogWarning("There is no operator yet: open {Link} within seven days to become it", link);
        }
    }

    private static Task<bool> IsInvitedAsync(IdentityDb db, Guid organisation, string email, CancellationToken ct) => db.Database.SqlQuery<bool>(
        $"""SELECT EXISTS (SELECT FROM account_links WHERE organisation_id = {organisation} AND upper(email) = upper({email}) AND used_at IS NULL AND expires_at > now()) AS "Value" """).SingleAsync(ct);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
