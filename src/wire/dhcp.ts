import { linkAddressText } from './arp.ts';

/** A BOOTP or DHCP message (RFC 2131 section 2, RFC 2132). */
export interface DhcpMessage {
  /** 1 from the client, 2 from the server. */
  operation: number;
  transactionId: number;
  clientLink: string;
  clientAddress: string;
  offeredAddress: string;
  relayAddress: string;
  /** Option 53; null for plain BOOTP. */
  messageType: number | null;
  requestedAddress: string | null;
  serverIdentifier: string | null;
  leaseSeconds: number | null;
  subnetMask: string | null;
  routers: string[];
  nameServers: string[];
  hostName: string | null;
}

const fixedBytes = 236;
const magicCookie = 0x63825363;
const names = ['Discover', 'Offer', 'Request', 'Decline', 'ACK', 'NAK', 'Release', 'Inform'] as const;

/** `Discover`, ..., or null for a type not in RFC 2132. */
export function dhcpTypeName(type: number): string | null {
  return names[type - 1] ?? null;
}

function addressAt(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

function addressesAt(view: DataView, at: number, length: number): string[] {
  const addresses: string[] = [];
  for (let i = 0; i + 4 <= length && addresses.length < 16; i += 4) addresses.push(addressAt(view, at + i));
  return addresses;
}

/** Decodes the message between `offset` and `end`; null when the fixed part is not complete. Options are read up to the first that is damaged. */
export function decodeDhcp(view: DataView, offset: number, end: number): DhcpMessage | null {
  if (end - offset < fixedBytes) return null;
  const message: DhcpMessage = {
    operation: view.getUint8(offset),
    transactionId: view.getUint32(offset + 4),
    clientLink: linkAddressText(view, offset + 28),
    clientAddress: addressAt(view, offset + 12),
    offeredAddress: addressAt(view, offset + 16),
    relayAddress: addressAt(view, offset + 24),
    messageType: null,
    requestedAddress: null,
    serverIdentifier: null,
    leaseSeconds: null,
    subnetMask: null,
    routers: [],
    nameServers: [],
    hostName: null,
  };
  const options = offset + fixedBytes;
  if (end - options >= 4 && view.getUint32(options) === magicCookie) readOptions(message, view, options + 4, end);
  return message;
}

function readOptions(message: DhcpMessage, view: DataView, from: number, end: number): void {
  let at = from;
  while (at < end) {
    const code = view.getUint8(at);
    if (code === 255) return;
    if (code === 0) {
      at++;
      continue;
    }
    if (end - at < 2) return;
    const length = view.getUint8(at + 1);
    if (length > end - at - 2) return;
    readOption(message, code, view, at + 2, length);
    at += 2 + length;
  }
}

function readOption(message: DhcpMessage, code: number, view: DataView, at: number, length: number): void {
  switch (code) {
    case 1:
      if (length >= 4) message.subnetMask = addressAt(view, at);
      break;
    case 3:
      message.routers = addressesAt(view, at, length);
      break;
    case 6:
      message.nameServers = addressesAt(view, at, length);
      break;
    case 12:
      message.hostName = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
      break;
    case 50:
      if (length >= 4) message.requestedAddress = addressAt(view, at);
      break;
    case 51:
      if (length >= 4) message.leaseSeconds = view.getUint32(at);
      break;
    case 53:
      if (length >= 1) message.messageType = view.getUint8(at);
      break;
    case 54:
      if (length >= 4) message.serverIdentifier = addressAt(view, at);
      break;
  }
}
