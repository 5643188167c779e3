// What a person, or a program, is told about the running system.
import { readJson, writeJson } from './settings.mjs';
import { addresses, processes, SERVICES } from './system.mjs';

const LANGUAGES = ['en', 'kk', 'ru', 'ar', 'fr'];

function accounts() {
  const written = readJson('accounts.json');
  return Array.isArray(written) ? written : written?.accounts ?? [];
}

/** For tests and tools: base addresses, connection strings and demo accounts. */
export const writeEndpoints = (settings) => writeJson('endpoints.json', { ...addresses(settings), accounts: accounts() });

export function banner(settings, { seconds, foreground }) {
  const at = addresses(settings);
  const lines = [
    '',
    `  ✔ Ready${seconds ? ` in ${Math.round(seconds)} s` : ''}    ${foreground ? 'Ctrl+C stops everything' : 'infra/up --stop stops everything'}; infra/up --logs, --status, --reset`,
    '',
    `  Patient site     ${LANGUAGES.map((code) => `${at.web}/${code}`).join('  ')}`,
    `  Clinic console   ${at.web}/en/console`,
    `  Agency portal    ${at.web}/en/agency`,
    `  Operator page    ${at.web}/en/operator`,
    `  E-mails          ${at.mail}    nothing leaves this machine`,
    `  Payments         ${at.stripe}    a stand-in for Stripe, no money moves`,
    `  API documents    ${SERVICES.map((name) => `${at[name]}/swagger`).slice(0, 3).join('  ')}`,
    `                   ${SERVICES.map((name) => `${at[name]}/swagger`).slice(3).join('  ')}`,
  ];
  const people = accounts();
  if (people.length) {
    lines.push('', '  Demo accounts');
    for (const { role, email, password, totpSecret } of people) {
      lines.push(`    ${String(role).padEnd(20)} ${String(email).padEnd(34)} ${password}${totpSecret ? `   one-time code from ${totpSecret}` : ''}`);
    }
  }
  if (settings.demo) {
    lines.push(
      '',
      '  Try this',
      '    1. Book a PET/CT as a patient, pay with card 4242 4242 4242 4242, and find the confirmation among the e-mails.',
      '    2. Sign in as the clinic: the booking is on its day. Block an hour beside it and see the patient site stop offering it.',
      '    3. Sign in as the agency, make a referral link, book through it, and watch the commission appear.');
  }
  if (!settings.demo) {
    lines.push(
      '',
      '  First steps',
      `    1. Open the invitation to ${settings.operatorEmail} among the e-mails: it makes you the operator.`,
      `    2. Invite clinics and agencies at ${at.web}/en/operator/organisations`);
  }
  return lines.join('\n') + '\n';
}

/** @returns whether everything is ready */
export function printStatus(state) {
  if (!state) {
    console.log('Not running. Start it with: infra/up');
    return false;
  }
  const settings = readJson('settings.json');
  console.log(`${'part'.padEnd(15)} ${'state'.padEnd(9)} ${'process'.padEnd(8)} ${'restarts'.padEnd(9)} address`);
  for (const { name } of processes(settings)) {
    const { state: now = 'unknown', pid, restarts = 0, url = '' } = state.processes[name] ?? {};
    console.log(`${name.padEnd(15)} ${now.padEnd(9)} ${String(pid ?? '').padEnd(8)} ${String(restarts).padEnd(9)} ${url}`);
  }
  console.log(state.ready ? 'Everything is ready.' : 'Not everything is ready.');
  return state.ready;
}
