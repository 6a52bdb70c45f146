import { isIP } from 'node:net';
import type { HopAnswer, PathHop } from '../../model/observations/route.ts';
import { addressBytes } from '../address-bytes.ts';

/** What programs that trace paths print, as hops. Never throws; lines that are not understood are passed over. */

/** More hops than a time to live has values are no path. */
const mostHops = 255;

type Said = Pick<HopAnswer, 'what' | 'type' | 'code'>;

/** Time exceeded, and "port unreachable" as the destination says it to a datagram, by family (RFC 792, RFC 4443). */
const expired = { ipv4: { what: 'expired', type: 11, code: 0 }, ipv6: { what: 'expired', type: 3, code: 0 } } as const;
const portUnreachable = { ipv4: { what: 'icmp-error', type: 3, code: 3 }, ipv6: { what: 'icmp-error', type: 1, code: 4 } } as const;

/** The marks of traceroute(8) and tracepath(8) for other ICMP errors: code of ICMP type 3, code of ICMPv6 type 1. */
const marks: Readonly<Record<string, { ipv4: number; ipv6: number }>> = {
  '!H': { ipv4: 1, ipv6: 3 },
  '!N': { ipv4: 0, ipv6: 0 },
  '!P': { ipv4: 2, ipv6: 4 },
  '!S': { ipv4: 5, ipv6: 2 },
  '!F': { ipv4: 4, ipv6: 2 },
  '!X': { ipv4: 13, ipv6: 1 },
  '!A': { ipv4: 13, ipv6: 1 },
  '!V': { ipv4: 14, ipv6: 5 },
  '!C': { ipv4: 15, ipv6: 6 },
};

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** What an answer without a mark was: the destination's own, or a router's "time exceeded". */
function unmarked(from: string, destination: string): Said {
  return isSame(from, destination) ? portUnreachable[familyOf(from)] : expired[familyOf(from)];
}

function marked(from: string, mark: string): Said {
  const family = familyOf(from);
  const code = marks[mark]?.[family] ?? (/^!\d{1,3}$/.test(mark) ? Math.min(Number(mark.slice(1)), 255) : null);
  return { what: 'icmp-error', type: family === 'ipv4' ? 3 : 1, code: code ?? (family === 'ipv4' ? 1 : 3) };
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [addressBytes(one), addressBytes(other)];
  return left !== null && right !== null && left.length === right.length && left.every((octet, index) => octet === right[index]);
}

function add(hop: PathHop, from: string, said: Said, rttMs: number | null): void {
  const times = rttMs === null || !Number.isFinite(rttMs) ? [] : [rttMs];
  const known = hop.answers.find((answer) => answer.from === from && answer.what === said.what && answer.code === said.code);
  if (known === undefined) hop.answers.push({ from, ...said, count: 1, rttMs: times });
  else {
    known.count += 1;
    known.rttMs.push(...times);
  }
}

/** Hops in order, without gaps, up to where the destination answers, and without the silence behind the last that answered but for one hop of it. */
function inOrder(hops: ReadonlyMap<number, PathHop>, destination: string): PathHop[] {
  const all = [...hops.values()];
  const reached = all.filter((hop) => hop.answers.some((answer) => answer.what !== 'expired' && isSame(answer.from, destination)));
  const end = Math.min(Math.max(0, ...hops.keys()), ...reached.map((hop) => hop.ttl));
  const farthest = Math.max(0, ...all.filter((hop) => hop.answers.length > 0).map((hop) => hop.ttl));
  const last = Math.min(end, farthest + 1);
  return Array.from({ length: last }, (_, index) => hops.get(index + 1) ?? { ttl: index + 1, sent: 0, answers: [] });
}

function hopAt(hops: Map<number, PathHop>, ttl: number): PathHop {
  const known = hops.get(ttl);
  if (known !== undefined) return known;
  const hop = { ttl, sent: 0, answers: [] };
  hops.set(ttl, hop);
  return hop;
}

/** Output of `traceroute -n` of Linux (Dmitry Butskoy's) and of the BSDs and macOS. */
export function parseTraceroute(output: string, destination: string): PathHop[] {
  const hops = new Map<number, PathHop>();
  let hop: PathHop | null = null;
  for (const line of output.split('\n')) {
    const numbered = /^\s{0,8}(\d{1,3})\s+(.*)$/.exec(line);
    // The BSDs put a second sender of a hop on a line of its own.
    const continued = numbered === null && /^\s{4,}\S/.test(line) ? line.trim() : null;
    if (numbered !== null) {
      const ttl = Number(numbered[1]);
      if (ttl < 1 || ttl > mostHops) continue;
      hop = hopAt(hops, ttl);
    } else if (continued === null) hop = null;
    if (hop !== null) readProbes(hop, numbered?.[2] ?? continued ?? '', destination);
  }
  return inOrder(hops, destination);
}

function readProbes(hop: PathHop, text: string, destination: string): void {
  const words = text.split(/\s+/);
  let from: string | null = null;
  for (const [index, word] of words.entries()) {
    if (word === '*') hop.sent += 1;
    else if (isIP(word) !== 0) from = word;
    else if (/^\d+(\.\d+)?$/.test(word) && words[index + 1] === 'ms' && from !== null) {
      const mark = words[index + 2]?.startsWith('!') === true ? words[index + 2]! : null;
      hop.sent += 1;
      add(hop, from, mark === null || mark === '!' ? unmarked(from, destination) : marked(from, mark), Number(word));
    }
  }
}

/** Output of `tracepath -n` (iputils). */
export function parseTracepath(output: string, destination: string): PathHop[] {
  const hops = new Map<number, PathHop>();
  for (const line of output.split('\n')) {
    const fields = /^\s{0,3}(\d{1,3}):\s+(\S.*)$/.exec(line);
    if (fields === null) continue;
    const ttl = Number(fields[1]);
    if (ttl < 1 || ttl > mostHops) continue;
    const hop = hopAt(hops, ttl);
    hop.sent += 1;
    const [from = '', time] = fields[2]!.split(/\s+/);
    if (isIP(from) === 0) continue;
    const mark = /\s(![A-Z])(\s|$)/.exec(line)?.[1];
    const rtt = /^(\d+(?:\.\d+)?)ms$/.exec(time ?? '');
    add(hop, from, mark === undefined ? unmarked(from, destination) : marked(from, mark), rtt === null ? null : Number(rtt[1]));
  }
  return inOrder(hops, destination);
}

/** Output of `mtr -n --raw`: `h HOP ADDRESS`, `p HOP MICROSECONDS SEQUENCE`, `x HOP SEQUENCE` for every probe sent. Hops count from 0. */
export function parseMtrRaw(output: string, destination: string): PathHop[] {
  const hops = new Map<number, PathHop>();
  const senders = new Map<number, string>();
  for (const line of output.split('\n')) {
    const [kind, number, value] = line.trim().split(/\s+/);
    const ttl = Number(number) + 1;
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > mostHops) continue;
    if (kind === 'x') hopAt(hops, ttl).sent += 1;
    else if (kind === 'h' && value !== undefined && isIP(value) !== 0) senders.set(ttl, value);
    else if (kind === 'p' && /^\d+$/.test(value ?? '')) {
      const from = senders.get(ttl);
      const said: Said = from !== undefined && isSame(from, destination) ? { what: 'echo-reply' } : expired[familyOf(destination)];
      if (from !== undefined) add(hopAt(hops, ttl), from, said, Number(value) / 1000);
    }
  }
  for (const hop of hops.values()) hop.sent = Math.max(hop.sent, ...hop.answers.map((answer) => answer.count), 0);
  return inOrder(hops, destination);
}

/** Output of Windows' `tracert -d`, in whatever language: three times or asterisks, then the sender. */
export function parseTracert(output: string, destination: string): PathHop[] {
  const hops = new Map<number, PathHop>();
  for (const line of output.split(/\r?\n/)) {
    const fields = /^\s{0,4}(\d{1,3})((?:\s+(?:<?\d+\s+ms|\*)){1,3})\s+(\S+)/.exec(line);
    if (fields === null) continue;
    const ttl = Number(fields[1]);
    if (ttl < 1 || ttl > mostHops) continue;
    const hop = hopAt(hops, ttl);
    const from = isIP(fields[3]!) === 0 ? null : fields[3]!;
    for (const [, time] of fields[2]!.matchAll(/(<?\d+)\s+ms|\*/g)) {
      hop.sent += 1;
      if (time === undefined || from === null) continue;
      const said: Said = isSame(from, destination) ? { what: 'echo-reply' } : expired[familyOf(from)];
      add(hop, from, said, time.startsWith('<') ? null : Number(time));
    }
  }
  return inOrder(hops, destination);
}
