// Keeps the processes of the table running: starts each when what it waits for is ready, starts it again when it dies, and ends all on SIGTERM.
// It is itself started again by its keeper if it dies; its children then end too, since the kernel tells them.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { prepareDatabases } from './databases.mjs';
import { gone, identify, isAlive, pause, signal } from './processes.mjs';
import { file, readJson, writeJson } from './settings.mjs';
import { processes, writeClients } from './system.mjs';

const LOG_LIMIT = 20 * 1024 * 1024;
const LONGEST_BACK_OFF = 10_000;
const PASSED_ON = /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|DOTNET_ROOT.*|DOTNET_CLI_HOME|OTEL_.*)$/;
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));

const settings = readJson('settings.json');
const table = processes(settings);
const before = readJson('state.json');
// Processes of a supervisor that was killed: they are ending, and hold ports and files until then.
let orphans = [...Object.values(before?.processes ?? {}), ...before?.orphans ?? []].filter(isAlive);
let stopping = false;

for (const item of table) Object.assign(item, { state: 'waiting', failures: 0, restarts: 0, nextTry: 0 });

function record() {
  writeJson('state.json', {
    supervisor: identify(process.pid),
    keeper: identify(Number(process.env.KEEPER)),
    ready: table.every((item) => item.state === 'ready'),
    stopping,
    orphans,
    processes: Object.fromEntries(table.map((item) => [item.name, {
      ...item.identity, state: item.state, restarts: item.restarts, failures: item.failures, url: item.url, since: item.since,
    }])),
  });
}

function become(item, state) {
  if (item.state === state) return;
  item.state = state;
  item.since = new Date().toISOString();
  console.log(`${item.since} ${item.name} ${state}`);
  record();
}

function start(item) {
  const log = fs.openSync(file('logs', `${item.name}.log`), 'a', 0o600);
  // Each in its own session, so that Ctrl+C in a terminal reaches only us.
  const child = spawn('setpriv', ['--pdeathsig', (item.stopSignal ?? 'SIGTERM').slice(3), '--', ...item.command], {
    cwd: item.cwd, env: { ...environment, ...item.env }, detached: true, stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  item.child = child;
  item.startedAt = Date.now();
  if (child.pid) item.identity = identify(child.pid);
  become(item, 'starting');
  child.on('error', (error) => ended(item, error.message));
  child.on('exit', (code, name) => ended(item, name ?? `code ${code}`));
}

function ended(item, how) {
  if (!item.child) return;
  item.child = undefined;
  if (stopping) return become(item, 'stopped');
  // What ran well for a while gets a fresh count.
  item.failures = item.wasReady && Date.now() - item.startedAt > 30_000 ? 1 : item.failures + 1;
  item.wasReady = false;
  item.restarts++;
  item.nextTry = Date.now() + Math.min(LONGEST_BACK_OFF, 250 * 2 ** (item.failures - 1));
  console.log(`${new Date().toISOString()} ${item.name} ended (${how}), failure ${item.failures}`);
  become(item, 'failed');
  record();
}

async function runTask(item) {
  become(item, 'starting');
  try {
    await prepareDatabases(settings);
    become(item, 'ready');
  } catch (error) {
    console.log(`${new Date().toISOString()} ${item.name}: ${error.message}`);
    item.failures++;
    item.nextTry = Date.now() + 1000;
    become(item, 'failed');
  }
}

async function answers({ url, headers, command }) {
  if (command) {
    return new Promise((resolve) => {
      const check = spawn(command[0], command.slice(1), { stdio: 'ignore' });
      check.on('error', () => resolve(false));
      check.on('exit', (code) => resolve(code === 0));
    });
  }
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function check(item) {
  if (item.checking || !item.child) return;
  item.checking = true;
  const child = item.child;
  const fine = await answers(item.ready);
  item.checking = false;
  if (item.child !== child || stopping) return;
  if (fine) {
    item.wasReady = true;
    become(item, 'ready');
  } else if (item.state === 'ready') {
    become(item, 'unready');
  }
}

function tick(now) {
  for (const item of table) {
    const free = (item.after ?? []).every((name) => table.find((other) => other.name === name).state === 'ready');
    if (!item.child && (item.state === 'waiting' || item.state === 'failed') && free && now >= item.nextTry) {
      if (item.task) runTask(item);
      else start(item);
    } else if (item.child && now >= (item.nextCheck ?? 0)) {
      item.nextCheck = now + (item.state === 'ready' ? 3000 : 250);
      check(item);
    }
  }
}

function trimLogs() {
  for (const name of fs.readdirSync(file('logs'))) {
    const log = file('logs', name);
    if (fs.statSync(log).size > LOG_LIMIT) {
      fs.copyFileSync(log, `${log}.old`);
      fs.truncateSync(log); // its writers append, so they go on at the start
    }
  }
}

async function end(items, name, patience) {
  const running = items.filter((item) => item.child);
  for (const item of running) signal(item.identity, item.stopSignal ?? name);
  if (!await gone(running.map((item) => item.identity), patience)) {
    for (const item of running) signal(item.identity, 'SIGKILL');
    await gone(running.map((item) => item.identity), 5000);
  }
}

async function stop() {
  if (stopping) return;
  stopping = true;
  record();
  await end(table.filter((item) => !item.stopLast), 'SIGTERM', 10_000);
  await end(table.filter((item) => item.stopLast), 'SIGTERM', 20_000);
  await pause(50);
  record();
  process.exit(0);
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('SIGHUP', () => {});

record();
for (const orphan of orphans) signal(orphan, 'SIGTERM');
if (!await gone(orphans, 15_000)) {
  for (const orphan of orphans) signal(orphan, 'SIGKILL');
  await gone(orphans, 5000);
}
orphans = [];
writeClients(settings);
record();
setInterval(() => { if (!stopping) tick(Date.now()); }, 100);
setInterval(trimLogs, 60_000).unref();
