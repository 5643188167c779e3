// What is decided once per checkout and then kept: ports, passwords, whether there is demo data, and else who becomes the operator.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const folder = path.join(root, '.medtourism');
export const file = (...parts) => path.join(folder, ...parts);

/** The ports we would like; a busy one gives way to the next free. */
const PREFERRED = {
  web: 8080, identity: 8081, engine: 8082, stripe: 8083, mail: 8084, smtp: 8085,
  catalog: 8101, booking: 8102, payment: 8103, referral: 8104, notifications: 8105, engineInternal: 8106,
  postgres: 8132, rabbitmq: 8172, rabbitmqManagement: 8173, rabbitmqDistribution: 8174, rabbitmqNames: 8175,
};
const SECRETS = [
  'postgres', 'rabbitmq', 'engineInternal', 'webClient', 'clinicSystemClient', 'agencySystemClient', 'stripeKey', 'stripeWebhook', 'holderSalt', 'bookingKey', 'identityKey', 'notificationsKey', 'engineKey',
  'database:catalog', 'database:booking', 'database:payment', 'database:referral', 'database:identity', 'database:notifications',
  'database:engine', 'database:web', 'database:stripe',
];

export function readJson(name) {
  try {
    return JSON.parse(fs.readFileSync(file(name), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whole or not at all, and for our eyes only. */
export function writeJson(name, value) {
  const target = file(name);
  fs.writeFileSync(`${target}.new`, JSON.stringify(value, null, 2) + '\n', { mode: 0o600 });
  fs.renameSync(`${target}.new`, target);
}

const listens = (port, host) => new Promise((resolve) => {
  const server = net.createServer();
  server.once('error', (error) => resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT' ? undefined : false));
  server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
});
const isFree = async (port) => await listens(port, '127.0.0.1') === true && await listens(port, '::1') !== false;

/** Reads the settings, makes those that are missing, and moves off ports that someone else took meanwhile. */
export async function prepare({ demo, say }) {
  // Others may pass through, not look: the database runs as its own user and must reach its folder.
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, 0o711);
  for (const name of ['logs', 'mail', 'keys', 'build', 'npm']) fs.mkdirSync(file(name), { recursive: true, mode: 0o700 });
  const settings = readJson('settings.json') ?? { demo: demo ?? true, ports: {}, secrets: {} };
  if (demo !== undefined && demo !== settings.demo) {
    throw new Error(`The data here was made ${settings.demo ? 'with' : 'without'} demo content. Start over with: infra/up --reset${demo ? '' : ' --empty'}`);
  }
  if (!settings.demo) settings.operatorEmail = operatorEmail(settings.operatorEmail);
  const moved = [];
  const taken = new Set(Object.values(settings.ports));
  for (const [name, preferred] of Object.entries(PREFERRED)) {
    let port = settings.ports[name] ?? preferred;
    if (settings.ports[name] && await isFree(port)) continue;
    while (taken.has(port) || !await isFree(port)) port++;
    if (port !== (settings.ports[name] ?? preferred)) moved.push(`${name} ${settings.ports[name] ?? preferred} → ${port}`);
    taken.add(port);
    settings.ports[name] = port;
  }
  if (moved.length) say(`Ports in use by other programs, so others were taken: ${moved.join(', ')}`);
  for (const name of SECRETS) settings.secrets[name] ??= randomBytes(24).toString('hex');
  settings.postgresFolder ??= process.env.MEDTOURISM_POSTGRES_FOLDER || file('postgres');
  writeJson('settings.json', settings);
  return settings;
}

/** Who is invited to become the operator where there is no demo content. Named again before they came, the new address is invited instead. */
function operatorEmail(known) {
  const address = process.env.OPERATOR_EMAIL || known || 'operator@market.example';
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw new Error(`OPERATOR_EMAIL is not an e-mail address: ${address}`);
  return address;
}

/** One digest over the contents of files and folders; build output and installed packages do not count. */
export function digest(paths) {
  const hash = createHash('sha256');
  const visit = (item) => {
    const stat = fs.statSync(item, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(item).sort()) {
        if (!['node_modules', 'bin', 'obj', 'lib', '.git'].includes(name)) visit(path.join(item, name));
      }
    } else {
      hash.update(path.relative(root, item)).update('\0').update(fs.readFileSync(item)).update('\0');
    }
  };
  paths.forEach(visit);
  return hash.digest('hex');
}
