// The command behind infra/up: prepares, starts the supervisor, follows it until everything is ready, and tells where everything is.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installNodePackages, publish, tail } from './build.mjs';
import { banner, printStatus, writeEndpoints } from './report.mjs';
import { gone, identify, isAlive, pause, signal } from './processes.mjs';
import { file, folder, prepare, readJson, root } from './settings.mjs';
import { processes } from './system.mjs';

const HELP = `infra/up             build what changed, start everything, stay in the foreground (Ctrl+C stops all)
infra/up --wait      the same in the background; returns when everything is ready
infra/up --status    what runs
infra/up --logs [x]  follow the logs of everything, or of one part: catalog, booking, web, postgres, ...
infra/up --stop      stop everything; data is kept
infra/up --reset     stop, delete all data and passwords, start afresh (with --wait, --empty as wanted)
infra/up --empty     start without demo content; OPERATOR_EMAIL names who is invited to be the operator
infra/up --no-build  start what was built last, although the sources changed`;
const PATIENCE = 180_000;
const HOPELESS = 6;

const say = (text) => console.log(`  ${text}`);
const running = () => {
  const state = readJson('state.json');
  if (!state || ![state.supervisor, state.keeper].some(isAlive)) return undefined;
  return { ...state, ready: state.ready && isAlive(state.supervisor) };
};

let step = 0;
const steps = 7;
async function progress(title, work) {
  const from = Date.now();
  const head = `[${++step}/${steps}] ${title} …`;
  if (process.stdout.isTTY) process.stdout.write(head);
  const note = await work();
  const text = `  ${((Date.now() - from) / 1000).toFixed(1)} s${note ? `  (${note})` : ''}`;
  process.stdout.write(process.stdout.isTTY ? `${text}\n` : `${head}${text}\n`);
}

async function stopAll() {
  const state = readJson('state.json');
  if (!state) return false;
  const started = (one) => [...Object.values(one.processes), ...one.orphans ?? []].filter((each) => each.pid);
  const found = [state.supervisor, state.keeper, ...started(state)].some(isAlive);
  if (!isAlive(state.supervisor)) signal(state.keeper, 'SIGKILL'); // or it would start another
  signal(state.supervisor, 'SIGTERM');
  if (!await gone([state.supervisor, state.keeper], 45_000)) {
    signal(state.keeper, 'SIGKILL');
    signal(state.supervisor, 'SIGKILL');
  }
  const rest = started(readJson('state.json') ?? state);
  for (const one of rest) signal(one, 'SIGTERM');
  if (!await gone(rest, 10_000)) for (const one of rest) signal(one, 'SIGKILL');
  fs.rmSync(file('state.json'), { force: true });
  return found;
}

async function reset() {
  await stopAll();
  const outside = readJson('settings.json')?.postgresFolder;
  if (outside && outside !== file('postgres')) fs.rmSync(outside, { recursive: true, force: true });
  for (const name of ['postgres', 'rabbitmq', 'mail', 'keys', 'logs', 'settings.json', 'accounts.json', 'clients.json', 'endpoints.json']) {
    fs.rmSync(file(name), { recursive: true, force: true });
  }
}

function startSupervisor() {
  fs.rmSync(file('endpoints.json'), { force: true });
  fs.rmSync(file('state.json'), { force: true });
  const log = fs.openSync(file('logs', 'supervisor.log'), 'a', 0o600);
  const keeper = spawn('bash', ['-c', 'until KEEPER=$$ "$0" "$1"; do sleep 1; done', process.execPath, path.join(root, 'infra/local/supervisor.mjs')], {
    cwd: root, detached: true, stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  keeper.unref();
  return identify(keeper.pid);
}

/** Waits until these parts are ready; says at once what cannot become so. */
async function until(names, keeper) {
  const limit = Date.now() + PATIENCE;
  for (;;) {
    const parts = readJson('state.json')?.processes ?? {};
    if (names.every((name) => parts[name]?.state === 'ready')) return;
    const hopeless = names.find((name) => parts[name]?.failures >= HOPELESS);
    if (hopeless) throw new Error(`${hopeless} ends again and again. The end of .medtourism/logs/${hopeless}.log:\n${tail(`${hopeless}.log`)}`);
    if (!isAlive(keeper)) throw new Error(`The supervisor ended. The end of .medtourism/logs/supervisor.log:\n${tail('supervisor.log')}`);
    if (Date.now() > limit) {
      const late = names.filter((name) => parts[name]?.state !== 'ready');
      throw new Error(`Not ready after ${PATIENCE / 1000} s: ${late.join(', ')}. The end of .medtourism/logs/${late[0]}.log:\n${tail(`${late[0]}.log`)}`);
    }
    await pause(100);
  }
}

/** Demo content travels from service to service as messages; the banner comes when a visitor would find it. */
async function demoArrives(settings) {
  const only = process.env.MEDTOURISM_ONLY;
  if (!settings.demo || only) return only ? 'not all parts run' : 'started empty';
  const { catalog, booking } = Object.fromEntries(processes(settings).map((item) => [item.name, item.url]));
  const json = async (url) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    return response?.ok ? response.json().catch(() => undefined) : undefined;
  };
  for (const limit = Date.now() + 60_000; Date.now() < limit; await pause(250)) {
    if (!fs.existsSync(file('accounts.json'))) continue;
    const offer = (await json(`${catalog}/offers?size=1`))?.items?.[0]?.id;
    const next = offer && await json(`${booking}/availability/next?offers=${offer}&count=1`);
    if (next?.[0]?.starts?.length) return '';
  }
  return 'some of it is still on its way';
}

async function start({ empty, wait, 'no-build': asBuilt }) {
  const began = Date.now();
  let settings;
  await progress('Choosing ports and passwords', async () => { settings = await prepare({ demo: empty ? false : undefined, say }); });
  await progress('Installing packages', installNodePackages);
  await progress('Building', asBuilt ? async () => 'as built before' : publish);
  settings = await prepare({ say }); // building took minutes: another market may have started on these ports
  const keeper = startSupervisor();
  const halt = async () => {
    process.stdout.write('\nStopping …\n');
    await stopAll();
    process.exit(130);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, halt);
  try {
    await progress('Preparing databases', () => until(['postgres', 'databases'], keeper));
    await progress('Starting RabbitMQ', () => until(['rabbitmq'], keeper));
    const names = processes(settings).map((item) => item.name);
    await progress('Starting services', () => until(names, keeper));
    await progress('Filling in demo content', () => demoArrives(settings));
  } catch (error) {
    await stopAll();
    throw error;
  }
  writeEndpoints(settings);
  console.log(banner(settings, { seconds: (Date.now() - began) / 1000, foreground: !wait }));
  if (wait) process.exit(0);
  while (isAlive(keeper)) await pause(500);
  console.log('Stopped from elsewhere.');
}

function logs(name) {
  const files = fs.existsSync(file('logs')) ? fs.readdirSync(file('logs')).filter((one) => one.endsWith('.log') && (!name || one === `${name}.log`)) : [];
  if (files.length === 0) throw new Error(name ? `There is no log of '${name}'.` : 'Nothing has run here yet.');
  const follow = spawn('tail', ['-n', name ? '200' : '5', '-F', ...files], { cwd: file('logs'), stdio: 'inherit' });
  process.on('SIGINT', () => {});
  follow.on('exit', () => process.exit(0));
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(['wait', 'stop', 'reset', 'logs', 'status', 'empty', 'no-build', 'help'].map((name) => [name, { type: 'boolean' }])),
  });
  if (positionals.length > (values.logs ? 1 : 0)) throw new Error(`'${positionals[0]}' is not understood.\n${HELP}`);
  if (values.help) return console.log(HELP);
  if (values.logs) return logs(positionals[0]);
  if (values.status) return process.exit(printStatus(running()) ? 0 : 3);
  if (values.stop) return console.log(await stopAll() ? 'Stopped.' : 'Nothing was running.');
  if (values.reset) {
    await reset();
    console.log('All data deleted.');
  } else if (running()) {
    const state = running();
    console.log(state.ready ? 'It runs already.' : 'It runs already, but not every part is ready: see infra/up --status.');
    return console.log(banner(readJson('settings.json'), {}));
  }
  if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o711 });
  await stopAll(); // what a killed supervisor may have left
  return start(values);
}

process.stdout.on('error', () => {}); // a reader that left, as in 'infra/up | head', must not stop the start half way
main().catch((error) => {
  console.error(`\n${error.message}`);
  process.exit(1);
});
