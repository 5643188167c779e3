// The listener only the accounts application reaches: it reports here who signed in, as in Ory Hydra's login and consent flow.
import http from 'node:http';
import { revokeAccount } from './storage.mjs';
import { MARKET, log, sameSecret } from './provider.mjs';

const LARGEST_BODY = 16 * 1024;

export function createBridge(pool, settings, provider) {
  const routes = [
    ['GET', /^\/internal\/interactions\/([\w-]{10,64})$/, describe],
    ['POST', /^\/internal\/interactions\/([\w-]{10,64})$/, accept],
    ['POST', /^\/internal\/sessions\/revoke$/, revoke],
  ];

  async function describe(uid) {
    const interaction = await provider().Interaction.find(uid);
    if (!interaction) return [404];
    const { params, prompt, session } = interaction;
    const client = await provider().Client.find(params.client_id);
    return [200, {
      uid,
      clientId: params.client_id,
      clientName: client?.clientName ?? params.client_id,
      prompt: prompt.name,
      scope: params.scope ?? '',
      cultures: params.ui_locales ?? '',
      loginHint: params.login_hint ?? null,
      accountId: session?.accountId ?? null,
    }];
  }

  /** Stores the result of a sign-in. The browser still has to come back with the engine's own cookie of this interaction. */
  async function accept(uid, body) {
    const { accountId, organisationId, amr, acr, error } = body;
    const interaction = await provider().Interaction.find(uid);
    if (!interaction) return [404];
    if (interaction.result) return [409];
    if (error) {
      interaction.result = { error: 'access_denied', error_description: 'the person did not sign in' };
    } else {
      if (typeof accountId !== 'string' || !Array.isArray(amr)) return [400];
      await replaceOtherPerson(interaction, accountId);
      const grant = new (provider().Grant)({ accountId, clientId: interaction.params.client_id });
      grant.addOIDCScope('openid offline_access email');
      grant.addResourceScope(MARKET, 'market');
      const grantId = await grant.save();
      if (organisationId) {
        await pool.query("UPDATE oidc_model SET organisation_id = $2 WHERE kind = 'Grant' AND id = $1", [grantId, organisationId]);
      }
      interaction.result = { login: { accountId, amr, acr, ts: Math.floor(Date.now() / 1000), remember: true }, consent: { grantId } };
    }
    await interaction.persist();
    return [200, { redirectTo: interaction.returnTo }];
  }

  /** Someone else is signed in in this browser: their session ends first, so that the engine need not ask with a scripted form. */
  async function replaceOtherPerson(interaction, accountId) {
    if (!interaction.session?.uid || interaction.session.accountId === accountId) return;
    const session = await provider().Session.findByUid(interaction.session.uid);
    if (!session) return;
    for (const { grantId } of Object.values(session.authorizations ?? {})) {
      if (grantId) await pool.query("DELETE FROM oidc_model WHERE grant_id = $1 OR (kind = 'Grant' AND id = $1)", [grantId]);
    }
    delete session.accountId;
    delete session.authorizations;
    await session.persist();
  }

  async function revoke(body) {
    if (typeof body.accountId !== 'string') return [400];
    return [200, { removed: await revokeAccount(pool, body.accountId) }];
  }

  return http.createServer(async (request, response) => {
    try {
      if (!sameSecret(request.headers.authorization, `Bearer ${settings.internalSecret}`)) return answer(response, [401]);
      const path = request.url.split('?', 1)[0];
      for (const [method, pattern, handle] of routes) {
        const match = method === request.method && pattern.exec(path);
        if (!match) continue;
        const body = method === 'POST' ? [await read(request)] : [];
        return answer(response, await handle(...match.slice(1), ...body));
      }
      return answer(response, [404]);
    } catch (error) {
      log('error', 'bridge', { message: error.message });
      return answer(response, [error instanceof SyntaxError ? 400 : 500]);
    }
  });
}

async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST_BODY) throw new SyntaxError('body too large');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
}

function answer(response, [status, body]) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body ? JSON.stringify(body) : '');
}
