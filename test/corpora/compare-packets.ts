import type { CaptureReading } from './reading-of.ts';
import { isSure, type Truth } from './truth.ts';

/** What tshark says of files that are whole: it cannot look into their packets, or does not know a block. */
const notDamage = /doesn't support|unsupported|not supported|network type/i;

/** Packet counts, times, lengths and damage. Damaged files: the same packets up to the fault, and the fault reported. */
export function comparePackets(read: CaptureReading, truth: Truth): string[] {
  const { container, packets } = truth;
  const found: string[] = [];
  const isRead = truth.read.rc === 0;
  const counts = [container.records_walked, ...(isRead && container.format !== 'snoop' ? [] : [packets.count])];
  if (!counts.includes(read.packets)) found.push(`${read.packets} packets, ${counts.join(' or ')}`);
  if (isSure(truth)) found.push(...compareFrames(read, truth));
  if (isRead && read.damage !== null) found.push(`damage ${read.damage.reason} where there is none`);
  const fault = truth.read.errors.join(' ');
  if (!isRead && !notDamage.test(fault) && read.damage === null) found.push(`no damage told: ${fault}`);
  const linkTypes = container.linktypes ?? (container.linktype === undefined ? [] : [container.linktype]);
  if (isSure(truth) && linkTypes.length > 0 && container.format !== 'snoop' && !sameSet(linkTypes, read.linkTypes))
    found.push(`link types ${read.linkTypes}, ${linkTypes}`);
  return found;
}

function sameSet(one: readonly number[], other: readonly number[]): boolean {
  return [...new Set(one)].sort().join() === [...new Set(other)].sort().join();
}

function compareFrames(read: CaptureReading, truth: Truth): string[] {
  const { frames } = truth;
  for (let i = 0; i < frames.listed; i++) {
    const mine = [read.frames.time[i], read.frames.length[i], read.frames.captured[i]].join(' ');
    const theirs = [frames.time[i], frames.len[i], frames.caplen[i]].join(' ');
    if (mine !== theirs) return [`frame ${i + 1}: ${mine}, ${theirs}`];
  }
  return read.frames.sha256 === frames.sha256_of_number_tab_time_tab_len_tab_caplen ? [] : ['frames beyond the listed ones differ'];
}

/** Frames per protocol. */
export function compareLayers(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const names = { ipv4: 'ip', ipv6: 'ipv6', tcp: 'tcp', udp: 'udp', arp: 'arp', icmp: 'icmp', icmpv6: 'icmpv6' } as const;
  return Object.entries(names).flatMap(([mine, theirs]) => {
    const count = read.counts[mine as keyof typeof names];
    const wanted = truth.layers.frames_with[theirs] ?? 0;
    return count === wanted ? [] : [`${mine}: ${count}, ${wanted}`];
  });
}
