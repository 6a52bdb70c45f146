import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownFolder } from './own-folder.ts';

/** A network that was left standing for people to look around in. */
export interface StandingLab {
  scenario: string;
  /** The process whose end ends everything. */
  pid: number;
  /** When that process started, in the kernel's ticks: a pid alone may be somebody else's by now. */
  startTicks: string;
}

const prefix = 'standing-';

/** Notes down a lab that was just started. Throws when it has already ended, or when there is no place to note it. */
export function recordStanding(scenario: string, pid: number): void {
  const startTicks = startTicksOf(pid);
  const folder = ownFolder();
  if (startTicks === null) throw new Error('the network ended at once');
  if (folder === null) throw new Error(`no folder of this user's own in ${tmpdir()}`);
  const lab: StandingLab = { scenario, pid, startTicks };
  writeFileSync(join(folder, `${prefix}${pid}.json`), JSON.stringify(lab), { mode: 0o600 });
}

/** Labs of this user that still stand; notes of those that ended are removed. */
export function standingLabs(): StandingLab[] {
  const folder = ownFolder();
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const lab = JSON.parse(readFileSync(join(folder, name), 'utf8')) as StandingLab;
      if (startTicksOf(lab.pid) === lab.startTicks) return [lab];
      rmSync(join(folder, name), { force: true });
      return [];
    });
}

/** The first process inside, as this side of the process namespace numbers it; null when it has ended. */
export function innerPid(lab: StandingLab): number | null {
  try {
    const children = readFileSync(`/proc/${lab.pid}/task/${lab.pid}/children`, 'utf8').trim();
    return children === '' ? null : Number(children.split(' ')[0]);
  } catch {
    return null;
  }
}

/** Ends a standing lab: the kernel takes everything in it along. */
export function endStanding(lab: StandingLab): void {
  if (startTicksOf(lab.pid) === lab.startTicks) process.kill(lab.pid, 'SIGKILL');
}

/** Field 22 of /proc/PID/stat, counted after the command's closing parenthesis; null when there is no such process, or it has ended and waits to be reaped. */
function startTicksOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
