// Starts the protocol engine: a public listener for browsers and clients, an internal one on loopback for the accounts application.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createBridge } from './bridge.mjs';
import { createProvider, log } from './provider.mjs';
import { connect, loadKeys, migrate, sweep } from './storage.mjs';
import { createTokenLimit } from './limit.mjs';
import { createVault } from './vault.mjs';

function setting(name, fallback) {
  const value = process.env[name] || fallback;
  if (value === undefined) {
    log('error', 'setting_missing', { name });
    process.exit(1);
  }
  return value;
}

const settings = {
  port: Number(setting('ENGINE_PORT')),
  host: setting('ENGINE_HOST', '127.0.0.1'),
  internalPort: Number(setting('ENGINE_INTERNAL_PORT')),
  internalHost: setting('ENGINE_INTERNAL_HOST', '127.0.0.1'),
  issuer: setting('ENGINE_ISSUER').replace(/\/$/, ''),
  databaseUrl: setting('ENGINE_DATABASE_URL'),
  internalSecret: setting('ENGINE_INTERNAL_SECRET'),
  keySecret: setting('ENGINE_KEY_SECRET'),
  loginUrl: setting('ENGINE_LOGIN_URL').replace(/\/$/, ''),
  accountsUrl: setting('ENGINE_ACCOUNTS_URL', process.env.ENGINE_LOGIN_URL).replace(/\/$/, ''), // the same application, by its address inside the cluster
  webUrl: setting('ENGINE_WEB_URL', process.env.ENGINE_LOGIN_URL),
  trustProxy: process.env.ENGINE_TRUST_PROXY === 'true',
  rotateDays: Number(setting('ENGINE_ROTATE_DAYS', '30')),
  clients: JSON.parse(readFileSync(setting('ENGINE_CLIENTS'), 'utf8')),
};
for (const [name, value] of [['ENGINE_INTERNAL_SECRET', settings.internalSecret], ['ENGINE_KEY_SECRET', settings.keySecret]]) {
  if (value.length >= 32) continue;
  log('error', 'setting_weak', { name, need: 'at least 32 characters' });
  process.exit(1);
}
settings.tokenLimit = createTokenLimit({
  requests: Number(setting('ENGINE_TOKEN_REQUESTS', '1200')),
  wrong: Number(setting('ENGINE_TOKEN_WRONG', '20')),
  seconds: Number(setting('ENGINE_TOKEN_SECONDS', '60')),
});

const pool = connect(settings.databaseUrl);
await migrate(pool);
const vault = createVault(settings.keySecret);
let keys = await loadKeys(pool, vault, settings.rotateDays);
let provider = createProvider(pool, settings, keys);
let handle = provider.callback();

async function health(path, response) {
  let status = 200;
  if (path === '/health/ready') {
    await pool.query('SELECT 1').catch(() => { status = 503; });
  }
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(status === 200 ? 'Healthy' : 'Unhealthy');
}

const open = http.createServer((request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === '/health/live' || path === '/health/ready') return health(path, response);
  return handle(request, response);
});
const bridge = createBridge(pool, settings, () => provider);

// Replicas see each other's new keys within the hour, long before one of them signs.
const keyTimer = setInterval(async () => {
  try {
    const now = await loadKeys(pool, vault, settings.rotateDays);
    if (now.version === keys.version) return;
    keys = now;
    provider = createProvider(pool, settings, keys);
    handle = provider.callback();
    log('info', 'keys_changed', { signing: keys.jwks.keys[0].kid });
  } catch (error) {
    log('error', 'keys', { message: error.message });
  }
}, 3_600_000);
const sweepTimer = setInterval(() => sweep(pool).catch((error) => log('error', 'sweep', { message: error.message })), 60_000);

function stop() {
  clearInterval(keyTimer);
  clearInterval(sweepTimer);
  bridge.close();
  open.close(() => pool.end().then(() => process.exit(0)));
  open.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000).unref();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

bridge.listen(settings.internalPort, settings.internalHost);
open.listen(settings.port, settings.host, () => log('info', 'started', { issuer: settings.issuer, port: settings.port, internalPort: settings.internalPort, clients: settings.clients.length }));
