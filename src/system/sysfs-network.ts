import { readdirSync } from 'node:fs';
import type { Failure } from '../model/failure.ts';
import type { LinkFacts } from '../ports/host.ts';
import { readBoundedFile } from './bounded-file.ts';
import { linuxMedium } from './link-medium.ts';
import { isFailure, linkAddressText } from './network-tables.ts';
import { parseProcDevices } from './proc-net.ts';
import { wirelessInterfaces } from './wireless.ts';

/** linux/if.h */
const flagUp = 0x1;
const flagLoopback = 0x8;

const devicesLimitBytes = 4 * 1024 * 1024;
const attributeLimitBytes = 4096;

function attribute(name: string, file: string): string | null {
  if (name.includes('/') || name === '..') return null;
  const read = readBoundedFile(`/sys/class/net/${name}/${file}`, attributeLimitBytes);
  return isFailure(read) ? null : read.text.trim();
}

function devices(): Map<string, number> | Failure {
  const read = readBoundedFile('/proc/net/dev', devicesLimitBytes);
  return isFailure(read) ? read : parseProcDevices(read.text);
}

/**
 * Names of this network namespace's interfaces, when /sys shows the same ones. /sys shows the namespace it was mounted in, which need not be
 * this process's, and an interface of the same name there is another one: names must be the same on both sides, and each counter of received
 * bytes must lie between two readings of the one in /proc, which always is this process's.
 */
function sharedNames(): string[] | Failure {
  const before = devices();
  if (isFailure(before)) return before;
  let shown: string[];
  try {
    // Bonding puts a plain file among the folders.
    shown = readdirSync('/sys/class/net').filter((name) => name !== 'bonding_masters');
  } catch {
    return { name: 'unknown', raw: 'there is no /sys' };
  }
  const counters = shown.map((name) => Number(attribute(name, 'statistics/rx_bytes') ?? Number.NaN));
  const after = devices();
  if (isFailure(after)) return after;
  const same =
    shown.length === before.size &&
    shown.every((name, index) => {
      const counter = counters[index] ?? Number.NaN;
      return counter >= (before.get(name) ?? Number.NaN) && counter <= (after.get(name) ?? Number.NaN);
    });
  return same ? shown : { name: 'unknown', raw: '/sys shows another network namespace' };
}

/** Interfaces from /sys; a failure when it shows those of another network namespace. */
export function linksFromSysfs(): LinkFacts[] | Failure {
  const names = sharedNames();
  if (isFailure(names)) return names;
  const wireless = wirelessInterfaces();
  return names.map((name) => linkFacts(name, wireless));
}

/** The interface's MTU from /sys; null when not known. */
export function mtuFromSysfs(name: string): number | null {
  const names = sharedNames();
  return isFailure(names) || !names.includes(name) ? null : Number(attribute(name, 'mtu') ?? '') || null;
}

function linkFacts(name: string, wireless: ReadonlySet<string>): LinkFacts {
  const flags = Number(attribute(name, 'flags') ?? 0);
  const carrier = attribute(name, 'carrier');
  const linkAddress = attribute(name, 'address');
  return {
    name,
    loopback: (flags & flagLoopback) !== 0,
    up: (flags & flagUp) !== 0,
    // Reading `carrier` of an interface that is down fails with EINVAL: there is no telling.
    carrier: carrier === null ? null : carrier === '1',
    medium: linuxMedium(Number(attribute(name, 'type') ?? 0), kindOf(name), wireless.has(name)),
    mtuBytes: Number(attribute(name, 'mtu') ?? '') || null,
    linkAddress:
      linkAddress === null ? null : linkAddressText(Uint8Array.from(linkAddress.split(':'), (octet) => Number.parseInt(octet, 16))),
  };
}

/** The driver kind that the kernel's device model names: DEVTYPE of uevent, or what the folders show. */
function kindOf(name: string): string | null {
  const devtype = /^DEVTYPE=(\S+)$/mu.exec(attribute(name, 'uevent') ?? '')?.[1];
  if (devtype !== undefined) return devtype;
  if (attribute(name, 'tun_flags') !== null) return 'tun';
  // A link to another interface of this or another namespace: only paired virtual interfaces have one.
  const index = attribute(name, 'ifindex');
  const peer = attribute(name, 'iflink');
  if (index !== null && peer !== null && index !== peer) return 'veth';
  // Behind a physical interface is a device; what has none was made by software.
  return attribute(name, 'device/uevent') === null ? 'dummy' : null;
}
