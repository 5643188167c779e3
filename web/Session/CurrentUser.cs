using System.Security.Claims;
using MedTourism.Web.Clients;
using Npgsql;

namespace MedTourism.Web.Session;

/// <summary>The person of this request, and a fresh access token to act for them.</summary>
public sealed class CurrentUser(Sessions sessions, IdentityProvider provider, TimeProvider clock, ILogger<CurrentUser> log)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private Task<SessionContent?>? current;
    private bool unreadable;

    /// <summary>Null if nobody is signed in.</summary>
    public Person? Person { get; private set; }

    public string? SessionId { get; private set; }

    /// <summary>Reads the session of the request's cookie. If the table cannot be read the public pages go on without a name.</summary>
    public async Task LoadAsync(HttpContext context)
    {
        if (SessionCookie.Read(context) is not { } id)
        {
            return;
        }

        try
        {
            if (await sessions.FindAsync(id, context.RequestAborted) is not { } content)
            {
                SessionCookie.Clear(context);
                return;
            }

            (SessionId, Person, current) = (id, content.Person, IsFresh(content) ? Task.FromResult<SessionContent?>(content) : null);
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", content.Person.Subject)], "session")); // form tokens belong to the person
        }
        catch (NpgsqlException exception)
        {
            unreadable = true;
            log.LogWarning(exception, "Sessions cannot be read");
        }
    }

    /// <summary>An access token that is valid for at least half a minute, or null if the session is over. Also brings the person's rights up to date.</summary>
    /// <exception cref="ServiceUnavailableException">Sessions or the identity provider cannot be reached, so nothing can be said.</exception>
    public async Task<string?> AccessTokenAsync()
    {
        if (unreadable)
        {
            throw new ServiceUnavailableException("Sessions cannot be read.");
        }

        if (SessionId is not { } id)
        {
            return null;
        }

        var content = await (current ??= sessions.RefreshAsync(id, IsFresh, session => provider.RefreshAsync(session, CancellationToken.None)));
        Person = content?.Person;
        return content?.Tokens.Access;
    }

    public async Task<Tokens?> TokensAsync() => await AccessTokenAsync() is null ? null : (await current!)!.Tokens;

    private bool IsFresh(SessionContent content) => content.Tokens.AccessExpiresAt - clock.GetUtcNow() > Margin;
}
