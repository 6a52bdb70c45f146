import type { ByteCursor, DecodeError } from './byte-cursor.ts';

/** Extension mechanisms for DNS: the OPT pseudo record (RFC 6891) and its options. */

/** Option codes (IANA "DNS EDNS0 Option Codes (OPT)"). */
export const EDNS_OPTION = { nsid: 3, clientSubnet: 8, cookie: 10, tcpKeepalive: 11, padding: 12, extendedError: 15 } as const;

/** RFC 8914 section 2. `text` may be empty; control characters in it are replaced by spaces. */
export interface ExtendedDnsErrorOption {
  infoCode: number;
  text: string;
}

/** What the OPT record of a message says. */
export interface DnsEdns {
  /** Largest UDP payload the sender can take. */
  udpPayloadBytes: number;
  version: number;
  /** RFC 3225. */
  dnssecOk: boolean;
  extendedErrors: ExtendedDnsErrorOption[];
  /** Name server identifier (RFC 5001); null when there is none. Views of the message. */
  nsid: Uint8Array | null;
  /** Client cookie and server cookie as sent, 8 to 40 bytes (RFC 7873). */
  cookie: Uint8Array | null;
  /** Every option in order, those above included. */
  options: { code: number; bytes: Uint8Array }[];
}

/** Text from the network without the characters that could steer a terminal. */
function plainText(bytes: Uint8Array): string {
  // RFC 8914 section 2: "The EXTRA-TEXT field may be null terminated but MUST NOT be assumed to be".
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** Reads the fields of an OPT record whose fixed part has these values; `options` is its data. */
export function decodeEdns(udpPayloadBytes: number, ttl: number, options: ByteCursor): { edns: DnsEdns; error: DecodeError | null } {
  const edns: DnsEdns = {
    udpPayloadBytes,
    version: (ttl >>> 16) & 0xff,
    dnssecOk: (ttl & 0x8000) !== 0,
    extendedErrors: [],
    nsid: null,
    cookie: null,
    options: [],
  };
  while (options.remaining > 0) {
    const code = options.u16('option');
    const bytes = options.take(options.u16('option'), 'option');
    if (options.error !== null) break;
    edns.options.push({ code, bytes });
    if (code === EDNS_OPTION.nsid) edns.nsid = bytes;
    else if (code === EDNS_OPTION.cookie) {
      if (bytes.length !== 8 && (bytes.length < 16 || bytes.length > 40))
        options.fail('cookie has a forbidden length', options.offset - bytes.length);
      else edns.cookie = bytes;
    } else if (code === EDNS_OPTION.extendedError) {
      if (bytes.length < 2) options.fail('extended error is too short', options.offset - bytes.length);
      else edns.extendedErrors.push({ infoCode: bytes[0]! * 0x100 + bytes[1]!, text: plainText(bytes.subarray(2)) });
    }
  }
  return { edns, error: options.error };
}

/** What an OPT record that we send shall say. */
export interface DnsEdnsOffer {
  udpPayloadBytes: number;
  dnssecOk: boolean;
  version?: number;
  /** 8 bytes from a client, up to 40 back from a server. */
  cookie?: Uint8Array;
  /** From a client empty, to ask for it. */
  nsid?: Uint8Array;
  extendedErrors?: readonly ExtendedDnsErrorOption[];
  /** Zero bytes of a padding option (RFC 7830). */
  paddingBytes?: number;
  options?: readonly { code: number; bytes: Uint8Array }[];
}

/** Appends an OPT record; `extendedRcode` is the upper eight bits of the response code. */
export function writeEdns(out: number[], offer: DnsEdnsOffer, extendedRcode: number): void {
  const options = [...(offer.options ?? [])];
  if (offer.nsid !== undefined) options.push({ code: EDNS_OPTION.nsid, bytes: offer.nsid });
  if (offer.cookie !== undefined) options.push({ code: EDNS_OPTION.cookie, bytes: offer.cookie });
  for (const { infoCode, text } of offer.extendedErrors ?? []) {
    options.push({
      code: EDNS_OPTION.extendedError,
      bytes: Uint8Array.from([infoCode >> 8, infoCode & 0xff, ...new TextEncoder().encode(text)]),
    });
  }
  if (offer.paddingBytes !== undefined) options.push({ code: EDNS_OPTION.padding, bytes: new Uint8Array(offer.paddingBytes) });
  const length = options.reduce((sum, option) => sum + 4 + option.bytes.length, 0);
  const { udpPayloadBytes } = offer;
  out.push(0, 0, 41, udpPayloadBytes >> 8, udpPayloadBytes & 0xff, extendedRcode, offer.version ?? 0, offer.dnssecOk ? 0x80 : 0, 0);
  out.push(length >> 8, length & 0xff);
  for (const { code, bytes } of options) {
    out.push(code >> 8, code & 0xff, bytes.length >> 8, bytes.length & 0xff);
    for (const octet of bytes) out.push(octet);
  }
}
