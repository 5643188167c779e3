// What the market allows of OpenID Connect: code with PKCE for the web, client credentials for systems, ES256 tokens for services.
import { timingSafeEqual } from 'node:crypto';
import Provider, { errors } from 'oidc-provider';
import { adapterFor } from './storage.mjs';
import { errorPage, logoutPage, signedOutPage } from './pages.mjs';

export const MARKET = 'urn:medtourism:market';
const PREFIX = 'urn:medtourism:';

/** What a system may ask of each service. People's rights come from their organisation and roles, so the web's one scope says nothing more. */
export const SERVICES = {
  catalog: 'catalog.read catalog.write',
  booking: 'booking.read booking.write',
  payment: 'payment.read payment.write',
  referral: 'referral.read referral.write',
  identity: 'identity.read identity.write',
  notifications: 'notifications.read notifications.write',
};
const AUDIENCES = Object.keys(SERVICES).map((service) => PREFIX + service);
// Of a system: the APIs and scopes it was given (`scope` itself only knows those of OpenID Connect), and the organisation it acts for.
const OWN_METADATA = ['resources', 'api_scope', 'organisation', 'organisation_kind', 'organisation_ref', 'roles'];

function resourceServer(ctx, resource, client) {
  const token = { accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } } };
  if (resource === MARKET && client.grantTypeAllowed('authorization_code')) {
    return { ...token, scope: 'market', audience: MARKET };
  }
  const service = resource.startsWith(PREFIX) ? resource.slice(PREFIX.length) : '';
  if (Object.hasOwn(SERVICES, service) && client.grantTypeAllowed('client_credentials') && (client.resources ?? []).includes(resource)) {
    const given = SERVICES[service].split(' ').filter((scope) => (client.api_scope ?? '').split(' ').includes(scope));
    const beyond = [...(ctx.oidc.requestParamScopes ?? [])].filter((scope) => !given.includes(scope));
    if (beyond.length > 0) throw new errors.InvalidScope('the client may not use the scope here', beyond.join(' '));
    return { ...token, scope: given.join(' '), audience: resource };
  }
  throw new errors.InvalidTarget('this client may not use the resource');
}

/** Asks the accounts application whom the person acts for now, and with which roles; undefined if they no longer may. */
async function claimsOf(pool, settings, accountId, grantId) {
  const { rows } = await pool.query("SELECT organisation_id FROM oidc_model WHERE kind = 'Grant' AND id = $1", [grantId]);
  if (rows.length === 0) return undefined;
  const query = new URLSearchParams({ account: accountId, ...(rows[0].organisation_id && { organisation: rows[0].organisation_id }) });
  let response;
  try {
    response = await fetch(`${settings.accountsUrl}/internal/claims?${query}`, {
      headers: { authorization: `Bearer ${settings.internalSecret}` },
      signal: AbortSignal.timeout(5000),
    });
  } catch {
    throw new errors.TemporarilyUnavailable('accounts cannot be reached');
  }
  if (response.status === 404) return undefined;
  if (!response.ok) throw new errors.TemporarilyUnavailable('accounts cannot be reached');
  return response.json();
}

export function createProvider(pool, settings, keys) {
  const provider = new Provider(settings.issuer, {
    adapter: adapterFor(pool),
    jwks: keys.jwks,
    clients: settings.clients,
    extraClientMetadata: { properties: OWN_METADATA },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: ['ES256'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'sid', 'auth_time', 'acr', 'amr', 'name', 'culture', 'org', 'org_kind', 'org_ref', 'org_name', 'role'], email: ['email'] },
    conformIdTokenClaims: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => true, // ending a session anywhere ends its refresh tokens
    ttl: {
      AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, IdToken: 600, Interaction: 900,
      RefreshToken: 24 * 3600, Session: 24 * 3600, Grant: 24 * 3600,
    },
    cookies: {
      keys: keys.cookies,
      names: cookieNames(settings.issuer),
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    interactions: { url: (ctx, interaction) => `${settings.loginUrl}/signin?uid=${interaction.uid}` },
    findAccount: async (ctx, accountId, token) => {
      if (!token) return { accountId, claims: () => ({ sub: accountId }) };
      // Read before a code or refresh token is spent: if accounts is away the person keeps the token and tries again.
      const person = await claimsOf(pool, settings, accountId, token.grantId);
      return person && {
        accountId,
        organisation: person.organisation,
        claims: () => ({
          sub: accountId, email: person.email, name: person.name, culture: person.culture, ...person.organisation, org_name: person.organisationName,
        }),
      };
    },
    extraTokenClaims: async (ctx, token) => {
      if (token.kind === 'AccessToken') return ctx.oidc.entities.Account?.organisation ?? undefined;
      const { organisation, organisation_kind: kind, organisation_ref: ref, roles } = token.client.metadata();
      return organisation && { org: organisation, org_kind: kind, org_ref: ref, role: roles ?? [] };
    },
    formats: {
      customizers: {
        // The web calls every service for a person with one token; a system's token is for one service.
        jwt: (ctx, token, { payload }) => {
          if (payload.aud === MARKET) payload.aud = AUDIENCES;
        },
      },
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      claimsParameter: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: logoutPage(settings),
        postLogoutSuccessSource: signedOutPage(settings),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client) => {
          if (client.grantTypeAllowed('authorization_code')) return MARKET;
          throw new errors.InvalidTarget('name one API as the resource');
        },
        useGrantedResource: () => true,
        getResourceServerInfo: resourceServer,
      },
    },
    renderError: errorPage(settings),
  });
  provider.proxy = settings.trustProxy;
  provider.maxIpsCount = 1; // the address our own proxy saw, not what the caller wrote before it
  provider.use(settings.tokenLimit);
  provider.on('server_error', (ctx, error) => log('error', 'server_error', { path: ctx.path, message: error.message, stack: error.stack }));
  for (const event of ['authorization.error', 'grant.error']) {
    provider.on(event, (ctx, error) => log('info', event, { client: ctx.oidc?.client?.clientId, error: error.error, detail: error.error_detail }));
  }
  return provider;
}

export function log(level, event, fields = {}) {
  console.log(JSON.stringify({ level, event, ...fields }));
}

export function sameSecret(given, expected) {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Over TLS the prefixes keep other subdomains from planting these cookies; the resume cookie has a path and so cannot be __Host-. */
export function cookieNames(issuer) {
  const [host, secure] = issuer.startsWith('https:') ? ['__Host-', '__Secure-'] : ['', ''];
  return { session: `${host}engine_session`, interaction: `${secure}engine_interaction`, resume: `${secure}engine_resume` };
}
