// The table of what runs: each process with its environment, what it waits for, and how it tells that it is ready.
import fs from 'node:fs';
import path from 'node:path';
import { file, root, writeJson } from './settings.mjs';

export const SERVICES = ['catalog', 'booking', 'payment', 'referral', 'identity', 'notifications'];
export const DATABASES = [...SERVICES, 'engine', 'web', 'stripe'];

const PROJECTS = {
  catalog: 'services/Catalog/Catalog.csproj',
  booking: 'services/Booking/Booking.csproj',
  payment: 'services/Payment/Payment.csproj',
  referral: 'services/Referral/Referral.csproj',
  identity: 'services/Identity/Identity.csproj',
  notifications: 'services/Notifications/Notifications.csproj',
  stripe: 'infra/stripe/Stripe.csproj',
  web: 'web/Web.csproj',
};
const ASSEMBLIES = { stripe: 'MedTourism.StripeStandIn' };

/** While parts are being worked on, MEDTOURISM_ONLY=catalog,booking starts just these beside the servers. */
const only = process.env.MEDTOURISM_ONLY?.split(',').map((name) => name.trim()).filter(Boolean);
const wanted = (name) => !only || only.includes(name);

export const projects = () => Object.entries(PROJECTS).filter(([name]) => wanted(name)).map(([, project]) => path.join(root, project));

export const nodePackages = () => [
  { name: 'mail catcher', folder: path.join(root, 'infra/local/mail'), wanted: wanted('mail') },
  { name: 'sign-in engine', folder: path.join(root, 'services/Identity/Engine'), wanted: wanted('engine') },
].filter((item) => item.wanted);

export function addresses({ ports, secrets }) {
  const url = (name) => `http://localhost:${ports[name]}`;
  return {
    ...Object.fromEntries(['web', ...SERVICES, 'engine', 'mail', 'stripe'].map((name) => [name, url(name)])),
    postgres: `Host=127.0.0.1;Port=${ports.postgres};Username=postgres;Password=${secrets.postgres};Database=postgres`,
    rabbitmq: `amqp://medtourism:${secrets.rabbitmq}@127.0.0.1:${ports.rabbitmq}/`,
  };
}

export function processes(settings) {
  const { ports, secrets, demo } = settings;
  const at = addresses(settings);
  const database = (name) => `Host=127.0.0.1;Port=${ports.postgres};Username=${name};Password=${secrets[`database:${name}`]};Database=${name};Maximum Pool Size=40`;
  const common = { ASPNETCORE_ENVIRONMENT: 'Production', DOTNET_gcServer: '0', DOTNET_NOLOGO: '1', Demo: String(demo), Web__PublicUrl: at.web };

  const dotnet = (name, environment, after = ['postgres', 'databases', 'rabbitmq']) => {
    const project = path.basename(PROJECTS[name], '.csproj');
    const cwd = file('build', 'publish', project, 'release');
    return {
      name,
      command: ['dotnet', path.join(cwd, `${ASSEMBLIES[name] ?? `MedTourism.${project}`}.dll`)],
      cwd,
      env: { ...common, ASPNETCORE_URLS: at[name], ConnectionStrings__Database: database(name), ...environment },
      ready: { url: `${at[name]}/health/${name === 'stripe' ? 'live' : 'ready'}` },
      url: at[name],
      after,
    };
  };
  const service = (name, environment) => dotnet(name, {
    ConnectionStrings__RabbitMq: at.rabbitmq,
    Identity__Authority: at.engine,
    OpenApi__Ui: 'true',
    ...environment,
  });

  const table = [
    {
      name: 'postgres',
      command: [path.join(root, 'infra/local/postgres'), settings.postgresFolder, String(ports.postgres)],
      env: { PASSWORD: secrets.postgres, END_WITH_PARENT: '1' },
      ready: { command: [postgresTool('pg_isready'), '-q', '-h', '127.0.0.1', '-p', String(ports.postgres), '-U', 'postgres'] },
      server: true, stopSignal: 'SIGINT', stopLast: true,
    },
    {
      name: 'rabbitmq',
      command: [path.join(root, 'infra/local/rabbitmq'), file('rabbitmq'), ...['rabbitmq', 'rabbitmqManagement', 'rabbitmqDistribution', 'rabbitmqNames'].map((name) => String(ports[name]))],
      env: { PASSWORD: secrets.rabbitmq, END_WITH_PARENT: '1' },
      ready: {
        url: `http://127.0.0.1:${ports.rabbitmqManagement}/api/health/checks/port-listener/${ports.rabbitmq}`,
        headers: { authorization: `Basic ${Buffer.from(`medtourism:${secrets.rabbitmq}`).toString('base64')}` },
      },
      server: true, stopLast: true,
    },
    { name: 'databases', task: true, server: true, after: ['postgres'] },
    {
      name: 'mail',
      // Its own folder of mails survives a restart; it listens on loopback only.
      command: [process.execPath, path.join(root, 'infra/local/mail/node_modules/maildev/bin/maildev'),
        '--smtp', String(ports.smtp), '--web', String(ports.mail), '--ip', '127.0.0.1', '--web-ip', '127.0.0.1', '--mail-directory', file('mail'), '--silent'],
      ready: { url: `http://127.0.0.1:${ports.mail}/healthz` },
      url: at.mail,
    },
    dotnet('stripe', {
      Stripe__SecretKey: `sk_test_${secrets.stripeKey}`,
      Stripe__WebhookSecret: `whsec_${secrets.stripeWebhook}`,
      Stripe__WebhookUrl: `${at.payment}/webhooks/stripe`,
      Stripe__PublicUrl: at.stripe,
    }, ['postgres', 'databases']),
    {
      name: 'engine',
      command: [engineNode(), '--enable-source-maps', 'engine.mjs'],
      cwd: path.join(root, 'services/Identity/Engine'),
      env: {
        NODE_ENV: 'production',
        ENGINE_PORT: String(ports.engine), ENGINE_HOST: 'localhost', ENGINE_INTERNAL_PORT: String(ports.engineInternal), ENGINE_ISSUER: at.engine,
        ENGINE_DATABASE_URL: `postgres://engine:${secrets['database:engine']}@127.0.0.1:${ports.postgres}/engine`,
        ENGINE_INTERNAL_SECRET: secrets.engineInternal, ENGINE_KEY_SECRET: secrets.engineKey, ENGINE_CLIENTS: file('clients.json'), ENGINE_LOGIN_URL: at.identity, ENGINE_WEB_URL: at.web,
      },
      ready: { url: `${at.engine}/health/ready` },
      url: at.engine,
      after: ['postgres', 'databases'],
    },
    service('catalog'),
    service('booking', { Booking__HolderSalt: secrets.holderSalt, Booking__SecretKey: secrets.bookingKey }),
    service('payment', { Stripe__ApiBase: at.stripe, Stripe__SecretKey: `sk_test_${secrets.stripeKey}`, Stripe__WebhookSecret: `whsec_${secrets.stripeWebhook}` }),
    service('referral'),
    service('identity', {
      Identity__PublicUrl: at.identity,
      Identity__EngineInternalUrl: `http://127.0.0.1:${ports.engineInternal}`, Identity__EngineSecret: secrets.engineInternal,
      Identity__SecretKey: secrets.identityKey,
      Demo__AccountsFile: file('accounts.json'),
      ...(demo ? {} : { Identity__FirstOperatorEmail: settings.operatorEmail }),
    }),
    service('notifications', { Notifications__SecretKey: secrets.notificationsKey, Smtp__Host: '127.0.0.1', Smtp__Port: String(ports.smtp), Smtp__From: 'no-reply@medtourism.example' }),
    dotnet('web', {
      ...Object.fromEntries(SERVICES.map((name) => [`Services__${name[0].toUpperCase()}${name.slice(1)}`, at[name]])),
      Identity__Authority: at.engine, Identity__ClientId: 'web', Identity__ClientSecret: secrets.webClient,
      // The browser is sent on to these from a form of ours.
      Payment__Origins: at.stripe, Csp__FormTargets__0: at.engine, Csp__FormTargets__1: at.identity,
      DataProtection__Folder: file('keys', 'web'),
      // A proxy on this machine may say whom it speaks for.
      Proxies: '127.0.0.1 ::1',
    }, ['postgres', 'databases']),
  ];
  return table.filter((item) => item.server || wanted(item.name));
}

/** Who may ask the engine for tokens. */
export function writeClients(settings) {
  const at = addresses(settings);
  writeJson('clients.json', [
    {
      client_id: 'web', client_secret: settings.secrets.webClient, client_name: 'Emdeu',
      redirect_uris: [`${at.web}/session/callback`], post_logout_redirect_uris: [at.web, `${at.web}/`, `${at.web}/session/signed-out`],
      grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic',
    },
  ]);
}

export function postgresTool(name) {
  const base = '/usr/lib/postgresql';
  const newest = fs.existsSync(base) ? fs.readdirSync(base).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  return newest ? path.join(base, newest, 'bin', name) : name;
}

/** The engine needs Node 22; its packages carry one. */
function engineNode() {
  const carried = path.join(root, `services/Identity/Engine/node_modules/node-linux-${process.arch}/bin/node`);
  return fs.existsSync(carried) ? carried : process.execPath;
}
