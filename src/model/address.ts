/** An address as a number: 32 bits for IPv4, 128 for IPv6. IPv4-mapped IPv6 (`::ffff:192.0.2.1`) stays IPv6. */
export interface AddressValue {
  bits: 32 | 128;
  value: bigint;
}

/** Texts read last: rules ask about the same few addresses and networks again and again. */
const readBefore = new Map<string, AddressValue | null>();
const mostRemembered = 512;
/** No address is longer; with a zone it may be. */
const longestRemembered = 64;

/** Reads a textual address (RFC 4291 section 2.2 for IPv6, zone ignored); null when it is none. */
export function parseAddress(text: string): AddressValue | null {
  const known = readBefore.get(text);
  if (known !== undefined) return known;
  const value = readAddress(text);
  if (text.length > longestRemembered) return value;
  if (readBefore.size >= mostRemembered) readBefore.clear();
  readBefore.set(text, value);
  return value;
}

function readAddress(text: string): AddressValue | null {
  const address = text.split('%', 1)[0] ?? '';
  return address.includes(':') ? parseIpv6(address) : parseIpv4(address);
}

function parseIpv4(text: string): AddressValue | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return { bits: 32, value };
}

function parseIpv6(text: string): AddressValue | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  let value = 0n;
  for (const group of [...head, ...Array<number>(Math.max(missing, 0)).fill(0), ...tail]) value = (value << 16n) | BigInt(group);
  return { bits: 128, value };
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 === null) return null;
      groups.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups.length <= 8 ? groups : null;
}

/** Whether an address lies in a network written as CIDR (RFC 4632) or as a single address. False when either does not parse. */
export function isInNetwork(address: string, network: string): boolean {
  const inner = parseAddress(address);
  const outer = parseNetwork(network);
  return inner !== null && outer !== null && inner.bits === outer.bits && inner.value >> outer.shift === outer.prefix;
}

/** The first bits of a network's addresses, and how many others these have. */
interface NetworkValue {
  bits: AddressValue['bits'];
  prefix: bigint;
  shift: bigint;
}

const networksReadBefore = new Map<string, NetworkValue | null>();

function parseNetwork(text: string): NetworkValue | null {
  const known = networksReadBefore.get(text);
  if (known !== undefined) return known;
  const value = readNetwork(text);
  if (text.length > longestRemembered) return value;
  if (networksReadBefore.size >= mostRemembered) networksReadBefore.clear();
  networksReadBefore.set(text, value);
  return value;
}

function readNetwork(text: string): NetworkValue | null {
  const [base, lengthText] = text.split('/', 2);
  const address = parseAddress(base ?? '');
  if (address === null) return null;
  const length = lengthText === undefined ? address.bits : Number(lengthText);
  if (!Number.isInteger(length) || length < 0 || length > address.bits) return null;
  const shift = BigInt(address.bits - length);
  return { bits: address.bits, prefix: address.value >> shift, shift };
}

export function isLoopback(address: string): boolean {
  return isInNetwork(address, '127.0.0.0/8') || isInNetwork(address, '::1') || isInNetwork(address, '::ffff:127.0.0.0/104');
}

/** Addresses no public name can usefully have: "this network" (RFC 1122), loopback, link-local, documentation-only unspecified. */
export function isImpossibleForPublicName(address: string): boolean {
  return ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '::/127', 'fe80::/10', 'ff00::/8'].some((network) =>
    isInNetwork(address, network),
  );
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

/** Addresses of inside networks: RFC 1918, RFC 6598 (carrier-grade NAT), RFC 4193 (unique local). */
export function isPrivate(address: string): boolean {
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].some((network) => isInNetwork(address, network));
}
