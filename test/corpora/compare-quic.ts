import { type CaptureReading, endpointText } from './reading-of.ts';
import { isSure, type Truth } from './truth.ts';

const versionNames: Readonly<Record<string, string>> = { '0x00000001': 'QUICv1', '0x6b3343cf': 'QUICv2' };

function nameOfVersion(version: string): string {
  const draft = /^0xff0000([0-9a-f]{2})$/.exec(version)?.[1];
  return draft === undefined ? (versionNames[version] ?? version) : `draft-${Number.parseInt(draft, 16)}`;
}

/** QUIC: which conversations speak it, in which version, and the hello that is in clear for everybody. */
export function compareQuic(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const found: string[] = [];
  const mine = new Map(read.quic.map((one) => [keyOf(endpointText(one.conversation.client), endpointText(one.conversation.server)), one]));
  const theirs = truth.quic?.conversations ?? [];
  for (const { client, server, versions } of theirs) {
    const known = versions.map(nameOfVersion).filter((name) => !name.startsWith('0x'));
    const one = mine.get(keyOf(client, server));
    if (one === undefined && known.length > 0) found.push(`${client} ${server}: not seen, ${versions}`);
    if (one !== undefined && !known.includes(one.version ?? '')) found.push(`${client} ${server}: ${one.version}, ${versions}`);
  }
  const wanted = new Set(theirs.map(({ client, server }) => keyOf(client, server)));
  for (const key of mine.keys()) if (!wanted.has(key)) found.push(`${key}: no QUIC`);
  for (const stream of truth.tls.streams ?? []) {
    if (stream.over !== 'quic' || stream.client_hello?.from === undefined || stream.client_hello.to === undefined) continue;
    const { from, to, sni, alpn } = stream.client_hello;
    const hello = mine.get(keyOf(from, to))?.clientHello ?? null;
    if (hello === null) found.push(`${from} ${to}: no ClientHello, ${sni}`);
    else if (hello.serverName !== sni) found.push(`${from} ${to}: server name ${hello.serverName}, ${sni}`);
    else if (hello.alpn.join() !== (alpn ?? []).join()) found.push(`${from} ${to}: ALPN ${hello.alpn}, ${alpn}`);
  }
  return found;
}

function keyOf(one: string, other: string): string {
  return [one, other].sort().join(' ');
}
