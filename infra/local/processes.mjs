// Telling our own processes from others that got the same number later.
import fs from 'node:fs';

const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** When a process started, as the kernel counts; undefined if there is none of this number. */
function startOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

export const identify = (pid) => ({ pid, start: startOf(pid) });
export const isAlive = (who) => Boolean(who?.pid && who.start && startOf(who.pid) === who.start);

/** Sends a signal to this very process, never to a namesake. */
export function signal(who, name) {
  if (!isAlive(who)) return false;
  try {
    process.kill(who.pid, name);
    return true;
  } catch {
    return false;
  }
}

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Waits until none of these is left. */
export async function gone(list, milliseconds) {
  const until = Date.now() + milliseconds;
  while (list.some(isAlive)) {
    if (Date.now() > until) return false;
    await pause(50);
  }
  return true;
}
