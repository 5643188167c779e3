// Publishes what changed since the last time.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { digest, file, root } from './settings.mjs';
import { nodePackages, projects } from './system.mjs';

/** Runs a command into a log file; its last lines are the message if it fails. */
function run(command, args, log, options = {}) {
  return new Promise((resolve, reject) => {
    const out = fs.openSync(file('logs', log), 'w', 0o600);
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', out, out], ...options });
    fs.closeSync(out);
    const fail = (why) => reject(new Error(`'${command} ${args[0]}' ${why}. The end of .medtourism/logs/${log}:\n${tail(log)}`));
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => (code === 0 ? resolve() : fail(`ended with code ${code}`)));
  });
}

export function tail(log, lines = 15) {
  const target = file('logs', log);
  if (!fs.existsSync(target)) return '  (nothing was written)';
  return fs.readFileSync(target, 'utf8').trimEnd().split('\n').slice(-lines).map((line) => `  ${line}`).join('\n');
}

const unchanged = (marker, now) => fs.existsSync(file(marker)) && fs.readFileSync(file(marker), 'utf8') === now;

export async function installNodePackages() {
  let installed = 0;
  for (const { name, folder } of nodePackages()) {
    const marker = path.join('npm', name.replaceAll(' ', '-'));
    const now = digest([path.join(folder, 'package-lock.json')]);
    if (unchanged(marker, now) && fs.existsSync(path.join(folder, 'node_modules'))) continue;
    if (!fs.existsSync(path.join(folder, 'package-lock.json'))) throw new Error(`The ${name} has no package-lock.json in ${folder}.`);
    await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], `npm-${path.basename(marker)}.log`, { cwd: folder });
    fs.writeFileSync(file(marker), now);
    installed++;
  }
  return installed ? '' : 'unchanged';
}

export async function publish() {
  const missing = projects().filter((project) => !fs.existsSync(project));
  if (missing.length) throw new Error(`The checkout is not whole, these projects are missing:\n${missing.map((project) => `  ${path.relative(root, project)}`).join('\n')}`);
  if (projects().length === 0) return 'nothing to build';
  const list = `<Solution>\n${projects().map((project) => `  <Project Path="../${path.relative(root, project)}" />\n`).join('')}</Solution>\n`;
  const sources = ['services', 'web', 'infra/stripe', 'Directory.Build.props', 'Directory.Packages.props', 'global.json', 'BannedSymbols.txt'];
  const now = digest(sources.map((source) => path.join(root, source))) + list;
  if (unchanged('build/published', now)) return 'unchanged';
  fs.rmSync(file('build', 'published'), { force: true });
  const solution = file('Services.slnx');
  fs.writeFileSync(solution, list);
  // Style and analysers are for infra/test, and take more than half of the time; here the code only has to run.
  // Its own artifacts folder, so that a build in an editor neither disturbs this one nor what runs from it.
  await run('dotnet', ['publish', solution, '-c', 'Release', '-v', 'minimal', '-nologo', `-p:ArtifactsPath=${file('build')}`, '-nodeReuse:false', '-p:UseSharedCompilation=false',
    '-p:RunAnalyzers=false', '-p:EnforceCodeStyleInBuild=false', '-p:TreatWarningsAsErrors=false', '-p:NuGetAudit=false', '-p:ShouldUnsetParentConfigurationAndPlatform=false'], 'build.log');
  fs.writeFileSync(file('build', 'published'), now);
  return '';
}
