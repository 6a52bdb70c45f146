import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of the lab and the Debian packages they come from. */
const programs: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  nft: 'nftables',
  knotd: 'knot',
  unbound: 'unbound',
  dnsmasq: 'dnsmasq-base',
  udhcpc: 'udhcpc',
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  varnishd: 'varnish',
  apache2: 'apache2-bin',
  caddy: 'caddy',
  squid: 'squid',
  arping: 'iputils-arping',
};

/** Ordinary users often have no /usr/sbin in their path. */
const searchPath = [...(process.env.PATH ?? '').split(':').filter((folder) => folder !== ''), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The kernel's switches that can forbid namespaces to ordinary users, and the value that does. */
const kernelSwitches: readonly { file: string; forbids: string; allow: string }[] = [
  { file: '/proc/sys/kernel/unprivileged_userns_clone', forbids: '0', allow: 'sysctl kernel.unprivileged_userns_clone=1' },
  { file: '/proc/sys/user/max_user_namespaces', forbids: '0', allow: 'sysctl user.max_user_namespaces=10000' },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: '1',
    allow: 'sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  },
];

/** Everything the lab needs and does not find here, one line each, saying what to install or set; empty when it can run. */
export async function missingPrerequisites(): Promise<string[]> {
  if (process.platform !== 'linux') return [`the lab needs Linux (network namespaces); this is ${process.platform}`];
  const missing = Object.entries(programs).flatMap(([program, source]) =>
    hasProgram(program) ? [] : [`${program} is not installed (Debian package ${source}): apt-get install ${source}`],
  );
  try {
    const { libc } = await import('../kernel/libc.ts');
    libc();
  } catch (error) {
    missing.push(`koffi, an optional dependency, does not load (npm install koffi): ${(error as Error).message.split('\n')[0]}`);
  }
  return hasProgram('unshare') && hasProgram('setpriv') ? [...missing, ...forbiddenNamespaces()] : missing;
}

function hasProgram(name: string): boolean {
  return searchPath.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function forbiddenNamespaces(): string[] {
  const [command, ...words] = sandboxWords(true);
  const tried = spawnSync(command!, [...words, 'mount', '-t', 'tmpfs', 'lab', '/run'], { env: sandboxEnvironment(), encoding: 'utf8' });
  if (tried.status === 0) return [];
  const said = (tried.stderr ?? '').trim().split('\n').at(-1) ?? '';
  const switches = kernelSwitches.flatMap(({ file, forbids, allow }) =>
    readText(file) === forbids ? [`the kernel forbids user namespaces to ordinary users: ${file} is ${forbids}; as root: ${allow}`] : [],
  );
  if (process.getuid?.() !== 0 && switches.length > 0) return switches;
  return [
    `namespaces cannot be made here: ${said} (inside a container, it must be allowed to: docker run --privileged, or no seccomp and AppArmor profile)`,
  ];
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Caller's environment with the folders of system programs in the path. */
export function sandboxEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: searchPath.join(':') };
}

let mountsProc: boolean | undefined;

/**
 * The words before a command that give it its own network, mounts and processes, and take everything away with it: the kernel kills the whole
 * tree when the caller ends, however it ends (parent death signal; the first process of a process namespace takes all others along), and what
 * has no process left vanishes with its namespaces. An ordinary user becomes root of a user namespace first.
 */
function sandboxWords(withProc: boolean, survives = false): string[] {
  const death = survives ? [] : ['setpriv', '--pdeathsig', 'KILL', '--'];
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [...death, 'unshare', ...user, '--net', '--mount', '--pid', '--fork', '--kill-child', ...(withProc ? ['--mount-proc'] : []), '--'];
}

/**
 * Starts a command in a sandbox. `survives`: it outlives the caller. Containers often mask /proc so that it cannot be mounted anew; the old one
 * serves then.
 */
export function spawnSandboxed(command: readonly string[], options: SpawnOptions & { survives?: boolean }): ChildProcess {
  mountsProc ??=
    spawnSync(sandboxWords(true)[0]!, [...sandboxWords(true).slice(1), 'true'], { env: sandboxEnvironment(), stdio: 'ignore' }).status ===
    0;
  const { survives, ...rest } = options;
  const [program, ...words] = [...sandboxWords(mountsProc, survives), ...command];
  return spawn(program!, words, { ...rest, env: { ...sandboxEnvironment(), ...rest.env } });
}
