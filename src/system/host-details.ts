import { readdirSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { LeaseFacts, ProxySetting, TrackingFacts, WirelessFacts } from '../ports/host.ts';
import { readBoundedFile } from './bounded-file.ts';
import { runCommand } from './command.ts';
import { parseDhclientLeases, parseGetPacket, parseNetworkdLease, parseNmcliLeases } from './dhcp-lease.ts';
import { isFailure } from './network-tables.ts';
import { proxiesOfEnvironment } from './proxy-environment.ts';
import { parseGnomeProxy, parseInternetSettings, parseScutilProxy } from './proxy-settings.ts';
import { wirelessInterfaces } from './wireless.ts';
import { parseAirportNetwork, parseIwLink, parseProcWirelessLevels, parseWlanInterfaces } from './wireless-link.ts';

/** What is asked of this host only when something failed: it takes files and commands that a healthy walk does without. */

const fileLimitBytes = 1024 * 1024;
const dhclientFolders: readonly string[] = ['/var/lib/dhcp', '/var/lib/dhclient'];
const networkdFolder = '/run/systemd/netif/leases';
const mostFiles = 32;

function filesIn(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .slice(0, mostFiles)
      .map((name) => `${folder}/${name}`);
  } catch {
    // A host without that client has no such folder.
    return [];
  }
}

async function commandOutput(file: string, parameters: readonly string[]): Promise<string | null> {
  const result = await runCommand(file, parameters);
  return isFailure(result) || result.status !== 0 ? null : result.output;
}

/** Address leases that DHCP clients of this host keep where anybody may read them. */
export async function systemLeases(): Promise<LeaseFacts[] | Failure> {
  if (process.platform === 'win32') return { name: 'unknown', raw: 'leases are not read on Windows' };
  return process.platform === 'darwin' ? macosLeases() : linuxLeases();
}

async function linuxLeases(): Promise<LeaseFacts[]> {
  const dhclient = dhclientFolders
    .flatMap((folder) => filesIn(folder, /^dhclient.*\.leases?$/u))
    .flatMap((file) => {
      const read = readBoundedFile(file, fileLimitBytes);
      return isFailure(read) ? [] : parseDhclientLeases(read.text, file);
    });
  const networkd = filesIn(networkdFolder, /^\d+$/u).flatMap((file) => {
    const read = readBoundedFile(file, fileLimitBytes);
    const index = Number(file.slice(networkdFolder.length + 1));
    const lease = isFailure(read) ? null : parseNetworkdLease(read.text, interfaceByIndex(index), writtenAt(file), file);
    return lease === null ? [] : [lease];
  });
  const shown = await commandOutput('nmcli', ['-t', '-f', 'GENERAL.DEVICE,DHCP4', 'device', 'show']);
  return [...networkd, ...(shown === null ? [] : parseNmcliLeases(shown, 'nmcli')), ...dhclient];
}

function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}

function interfaceByIndex(index: number): string | null {
  for (const name of Object.keys(networkInterfaces())) {
    const read = readBoundedFile(`/sys/class/net/${name.replaceAll('/', '')}/ifindex`, 64);
    if (!isFailure(read) && Number(read.text) === index) return name;
  }
  return null;
}

async function macosLeases(): Promise<LeaseFacts[]> {
  const leases = await Promise.all(
    Object.keys(networkInterfaces())
      .filter((name) => /^en\d+$/u.test(name))
      .map(async (name) => {
        const output = await commandOutput('/usr/sbin/ipconfig', ['getpacket', name]);
        return output === null ? null : parseGetPacket(output, name, 'ipconfig getpacket');
      }),
  );
  return leases.filter((lease) => lease !== null);
}

/** Wireless interfaces and what they are associated with. */
export async function systemWireless(): Promise<WirelessFacts[] | Failure> {
  if (process.platform === 'win32') {
    const output = await commandOutput('netsh.exe', ['wlan', 'show', 'interfaces']);
    return output === null ? [] : parseWlanInterfaces(output);
  }
  if (process.platform === 'darwin') {
    const names = Object.keys(networkInterfaces()).filter((name) => /^en\d+$/u.test(name));
    const shown = await Promise.all(
      names.map(async (name) => {
        const output = await commandOutput('/usr/sbin/networksetup', ['-getairportnetwork', name]);
        return output === null ? null : parseAirportNetwork(output, name);
      }),
    );
    return shown.filter((one) => one !== null);
  }
  return linuxWireless();
}

async function linuxWireless(): Promise<WirelessFacts[]> {
  const names = [...wirelessInterfaces()];
  if (names.length === 0) return [];
  const read = readBoundedFile('/proc/net/wireless', fileLimitBytes);
  const levels = isFailure(read) ? [] : parseProcWirelessLevels(read.text);
  return Promise.all(
    names.map(async (name): Promise<WirelessFacts> => {
      const output = await commandOutput('iw', ['dev', name, 'link']);
      const level = levels.find((one) => one.interface === name);
      if (output !== null) return { ...parseIwLink(output, name), ...(level?.signalDbm == null ? {} : { signalDbm: level.signalDbm }) };
      return level ?? { interface: name, associated: false, ssid: null, signalDbm: null, frequencyMhz: null };
    }),
  );
}

/** Proxies of the environment, then those of the desktop's settings. */
export async function systemProxies(): Promise<ProxySetting[]> {
  const known = [...proxiesOfEnvironment(process.env), ...(await desktopProxies())];
  return known.filter((setting, index) => known.findIndex((other) => other.url === setting.url) === index);
}

async function desktopProxies(): Promise<ProxySetting[]> {
  switch (process.platform) {
    case 'darwin':
      return parseScutilProxy((await commandOutput('/usr/sbin/scutil', ['--proxy'])) ?? '');
    case 'win32': {
      const key = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
      return parseInternetSettings((await commandOutput('reg.exe', ['query', key])) ?? '');
    }
    default:
      return parseGnomeProxy((await commandOutput('gsettings', ['list-recursively', 'org.gnome.system.proxy'])) ?? '');
  }
}

const trackingFolder = '/proc/sys/net/netfilter';

/** How full the connection tracking table of this network namespace is. */
export async function systemTracking(): Promise<TrackingFacts | Failure> {
  const entries = readBoundedFile(`${trackingFolder}/nf_conntrack_count`, 64);
  if (isFailure(entries)) return entries;
  const limit = readBoundedFile(`${trackingFolder}/nf_conntrack_max`, 64);
  if (isFailure(limit)) return limit;
  return { entries: Number(entries.text), limit: Number(limit.text) };
}

/** `arping` of iputils and of T. Habets print the sender of each reply on its line, in brackets or bare. */
export function parseArping(text: string, address: string): string[] {
  const lines = text.split('\n').filter((line) => line.includes(address) && /\b(reply|bytes) from\b/u.test(line));
  const found = lines.flatMap((line) => /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/iu.exec(line)?.[0].toLowerCase() ?? []);
  return [...new Set(found)];
}

/**
 * The link-layer addresses that answer ARP for an address, asked by broadcast through `arping`, which many systems let ordinary users run
 * (capability net_raw on its file). A failure when it is not installed or may not send. Takes about two seconds when only one answers.
 */
export async function systemArpAnswers(address: string, interfaceName: string): Promise<string[] | Failure> {
  const result = await runCommand('arping', ['-b', '-c', '2', '-w', '2', '-I', interfaceName, address]);
  if (isFailure(result)) return result;
  const answers = parseArping(result.output, address);
  // Silence and a refusal to send both end with status 1 or 2; only silence prints the summary.
  if (answers.length > 0 || /\b(Sent|packets transmitted|statistics)\b/u.test(result.output)) return answers;
  return { name: 'send-not-permitted', raw: result.errors.split('\n')[0]?.slice(0, 100) ?? '' };
}
