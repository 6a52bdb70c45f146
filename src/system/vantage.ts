import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Vantage } from '../model/walk-record.ts';

/** linux/capability.h bit numbers of what matters here. */
const capabilityBits: readonly (readonly [name: string, bit: bigint])[] = [
  ['net-admin', 12n],
  ['net-raw', 13n],
];

/** Names of the capabilities in effect, from the text of `/proc/self/status`. */
export function capabilitiesInEffect(status: string): string[] {
  const hex = /^CapEff:\s*([0-9a-f]{1,16})\s*$/imu.exec(status)?.[1];
  if (hex === undefined) return [];
  const mask = BigInt(`0x${hex}`);
  return capabilityBits.filter(([, bit]) => ((mask >> bit) & 1n) === 1n).map(([name]) => name);
}

function privileges(): string[] {
  const root = process.geteuid?.() === 0 ? ['root'] : [];
  if (process.platform !== 'linux') return root;
  try {
    return [...root, ...capabilitiesInEffect(readFileSync('/proc/self/status', 'latin1'))];
  } catch {
    // A system without /proc: what is not known is not claimed.
    return root;
  }
}

/** Where this process runs: host name, platform, addresses other than loopback, rights beyond an ordinary user's. */
export function systemVantage(): Vantage {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => !one.internal)
    .map((one) => one.address);
  return { host: hostname(), platform: process.platform, addresses: [...new Set(addresses)], privileges: privileges() };
}
