// Writes the engine's list of clients from the environment, which holds their secrets, and starts the engine.
import { writeFileSync } from 'node:fs';

const { WEB_URL: web, WEB_CLIENT_SECRET: secret } = process.env;
if (!web || !secret) throw new Error('WEB_URL and WEB_CLIENT_SECRET must be set.');
process.env.ENGINE_CLIENTS = '/tmp/clients.json';
writeFileSync(process.env.ENGINE_CLIENTS, JSON.stringify([{
  client_id: 'web', client_secret: secret, client_name: 'Emdeu',
  redirect_uris: [`${web}/session/callback`], post_logout_redirect_uris: [web, `${web}/`, `${web}/session/signed-out`],
  grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic',
}]), { mode: 0o600 });
await import('./engine.mjs');
