import type { HeaderField, HttpWebSocket } from '../model/observations/http.ts';
import { createWebSocketReader } from '../wire/websocket.ts';
import { encodeWebSocketClose } from '../wire/websocket-encode.ts';
import type { HttpAnswer } from './http.ts';
import { round } from './recorder.ts';
import type { Target } from './target.ts';
import type { OpenConnection } from './tcp.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** A server that turns the connection down does so at once; one that works says nothing, or greets. */
const patienceMs = 500;
/** The peer's answer to our close. */
const closingMs = 1000;
const normalClosure = 1000;
/** RFC 6455 section 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const sha1 = 1;

export function isWebSocket(target: Pick<Target, 'scheme'>): boolean {
  return target.scheme === 'ws' || target.scheme === 'wss';
}

/** An opening handshake: its key, 16 unpredictable bytes, and the fields it consists of (RFC 6455 section 4.1). */
export interface WebSocketOpening {
  key: string;
  fields: HeaderField[];
}

export function openWebSocket(context: WalkContext, target: Target): WebSocketOpening {
  const key = base64(context.ports.randomBytes(16));
  const fields = [
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Sec-WebSocket-Version', value: '13' },
    { name: 'Sec-WebSocket-Key', value: key },
    // Browsers say whose page asks; many servers want to hear their own.
    { name: 'Origin', value: `${target.scheme === 'wss' ? 'https' : 'http'}://${new URL(target.url).host}` },
  ];
  const given = new Set(context.options.headers.map((field) => field.name.toLowerCase()));
  return { key, fields: fields.filter((field) => !given.has(field.name.toLowerCase())) };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** After a switch of protocols: is it the answer to our key, and does the connection stay open? Ends with a closing handshake of our own. */
export async function probeWebSocket(context: WalkContext, opened: OpenConnection, key: string, answer: HttpAnswer): Promise<void> {
  const { recorder, ports } = context;
  const { clock } = ports;
  const { connection } = opened;
  const field = (name: string): string | null => answer.headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
  const expected = ports.signatures.digest(sha1, new TextEncoder().encode(`${key}${guid}`));
  const accepted = expected !== null && field('sec-websocket-accept')?.trim() === base64(expected);
  const startMs = clock.nowMs();
  const facts: Omit<HttpWebSocket, 'id' | 'hop' | 'kind' | 'checkpoint' | 'atMs' | 'connection' | 'server'> = {
    accepted,
    protocol: field('sec-websocket-protocol'),
    received: 0,
    closedBy: null,
    closeCode: null,
    closeReason: '',
    openMs: 0,
  };
  const reader = createWebSocketReader({ side: 'server' });
  const take = (bytes: Uint8Array): void => {
    for (const event of reader.push(bytes)) {
      facts.received += 1;
      if (event.kind === 'malformed') facts.closedBy ??= 'broken';
      if (event.kind !== 'close') continue;
      facts.closedBy ??= 'close-frame';
      facts.closeCode = event.code;
      facts.closeReason = event.reason;
    }
  };
  const readUntil = async (overMs: number): Promise<void> => {
    while (facts.closedBy === null) {
      const outcome = await connection.read(waitOf(context, overMs - clock.nowMs()));
      if (outcome.kind === 'bytes') take(outcome.bytes);
      else if (outcome.kind === 'end') facts.closedBy = 'end';
      else if (outcome.kind === 'failed') facts.closedBy = 'reset';
      if (outcome.kind !== 'bytes') return;
    }
  };
  take(answer.leftover ?? new Uint8Array(0));
  if (accepted) await readUntil(startMs + patienceMs);
  facts.openMs = round(clock.nowMs() - startMs);
  if (facts.closedBy === null && accepted) {
    await connection.write(encodeWebSocketClose(normalClosure, ports.randomBytes(4)));
    await readUntil(clock.nowMs() + closingMs);
    facts.closedBy = facts.closedBy === null ? null : 'us';
  }
  recorder.observe({
    kind: 'http.websocket',
    checkpoint: 'http',
    atMs: recorder.sinceStart(),
    connection: opened.id,
    server: connection.remote,
    ...facts,
  });
}
