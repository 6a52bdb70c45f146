import type { CaptureReading } from './reading-of.ts';
import { isSure, type Truth, type TruthIcmp } from './truth.ts';

/** ICMP and ICMPv6 messages with the packets they quote. */
export function compareIcmp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const wanted = [...(truth.icmp ?? []).map((one) => [4, one] as const), ...(truth.icmpv6 ?? []).map((one) => [6, one] as const)];
  const mine = new Map(read.icmp.map((message) => [`${message.frame} ${message.version}`, message]));
  const found = wanted.length === read.icmp.length ? [] : [`${read.icmp.length} messages, ${wanted.length}`];
  for (const [version, theirs] of wanted) {
    const message = mine.get(`${theirs.frame} ${version}`);
    if (message === undefined) found.push(`frame ${theirs.frame} missing`);
    else found.push(...compareMessage(message, theirs));
  }
  return found;
}

function compareMessage(message: CaptureReading['icmp'][number], theirs: TruthIcmp): string[] {
  const found: string[] = [];
  const head = [message.type, message.code, message.from, message.to].join(' ');
  if (head !== [theirs.type, theirs.code, theirs.from, theirs.to].join(' ')) found.push(`frame ${theirs.frame}: ${head}`);
  if (theirs.ident !== undefined && `${message.identifier} ${message.sequence}` !== `${theirs.ident} ${theirs.seq}`) {
    found.push(`frame ${theirs.frame}: echo ${message.identifier} ${message.sequence}, ${theirs.ident} ${theirs.seq}`);
  }
  if (theirs.mtu !== undefined && (message.mtuBytes ?? 0) !== Number(theirs.mtu))
    found.push(`frame ${theirs.frame}: MTU ${message.mtuBytes}`);
  const quoted = theirs.quoted;
  if (quoted === undefined || quoted.src === null) return found;
  const hasPorts = quoted.sport !== undefined && quoted.sport !== null;
  const mine = message.quoted === null ? 'nothing' : [message.quoted.source, message.quoted.destination].join(' ');
  const ports = message.quoted === null || !hasPorts ? '' : ` ${message.quoted.sourcePort} ${message.quoted.destinationPort}`;
  const wanted = `${quoted.src} ${quoted.dst}${hasPorts ? ` ${quoted.sport} ${quoted.dport}` : ''}`;
  if (mine + ports !== wanted) found.push(`frame ${theirs.frame}: quotes ${mine}${ports}, ${wanted}`);
  return found;
}

/** ARP messages. Links of other than six octets have no link-layer address in the truth. */
export function compareArp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const wanted = truth.arp ?? [];
  const mine = new Map(read.arp.map((message) => [message.frame, message]));
  const found = wanted.length === read.arp.length ? [] : [`${read.arp.length} messages, ${wanted.length}`];
  for (const theirs of wanted) {
    const message = mine.get(theirs.frame);
    if (message === undefined) continue;
    const link = theirs.sender_mac === null ? '' : message.senderLink;
    const text = [message.operation, link, message.senderAddress, message.targetAddress].join(' ');
    const other = [theirs.opcode, theirs.sender_mac ?? '', theirs.sender_ip, theirs.target_ip].join(' ');
    if (text !== other) found.push(`frame ${theirs.frame}: ${text}, ${other}`);
  }
  return found;
}

/** DHCP messages of both versions. */
export function compareDhcp(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const wanted = truth.dhcp ?? [];
  const wanted6 = truth.dhcpv6 ?? [];
  const found: string[] = [];
  if (wanted.length !== read.dhcp.length) found.push(`${read.dhcp.length} messages, ${wanted.length}`);
  if (wanted6.length !== read.dhcpv6.length) found.push(`${read.dhcpv6.length} messages of version 6, ${wanted6.length}`);
  const mine = new Map(read.dhcp.map((message) => [message.frame, message]));
  for (const theirs of wanted) {
    const message = mine.get(theirs.frame);
    if (message === undefined) continue;
    const fields: readonly (readonly [string, unknown, unknown])[] = [
      ['operation', message.operation, theirs.op],
      ['type', message.messageType, theirs.type],
      ['transaction', message.transactionId, Number.parseInt(theirs.xid, 16)],
      ['client', message.clientLink, theirs.client_mac],
      ['offered', message.offeredAddress, theirs.yiaddr],
      ['requested', message.requestedAddress, theirs.requested],
      ['server', message.serverIdentifier, theirs.server_id],
      ['lease', message.leaseSeconds, theirs.lease_s],
      ['mask', message.subnetMask, theirs.mask],
      ['routers', message.routers, theirs.routers],
      ['name servers', message.nameServers, theirs.dns],
      ['host name', message.hostName, theirs.hostname],
    ];
    for (const [name, one, other] of fields) {
      if (other !== undefined && other !== null && String(one) !== String(other))
        found.push(`frame ${theirs.frame}: ${name} ${one}, ${other}`);
    }
  }
  const mine6 = new Map(read.dhcpv6.map((message) => [message.frame, message]));
  for (const theirs of wanted6) {
    const message = mine6.get(theirs.frame);
    const xid = theirs.xid === null ? null : Number.parseInt(theirs.xid, 16);
    if (message !== undefined && (message.types.join() !== theirs.types.join() || (xid !== null && xid !== message.transactionId))) {
      found.push(`frame ${theirs.frame}: ${message.types} ${message.transactionId}, ${theirs.types} ${xid}`);
    }
  }
  return found;
}
