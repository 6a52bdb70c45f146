import type { ObservationDraft } from '../../src/model/observation.ts';
import type { TcpConnected } from '../../src/model/observations/tcp.ts';
import type {
  CertificateFacts,
  HelloVariant,
  TlsHandshakeCompleted,
  TlsHandshakeFailed,
  TlsHelloTried,
} from '../../src/model/observations/tls.ts';
import { certificates, connected, handshake, server } from './evidence.ts';

/** Builders of what trials and handshakes beside the walk's own state; see `evidence.ts`. */
type Draft = ObservationDraft;

type Outcome = TlsHelloTried['outcome'];

const names: Partial<Record<HelloVariant, string | null>> = { 'without-name': null, 'other-name': 'example.org' };

/** Of a name as long as this one's. */
const sizes: Partial<Record<HelloVariant, number>> = {
  'small-answer': 183,
  'tls12-only': 184,
  'without-name': 206,
  'other-name': 226,
  'tls13-only': 271,
  widest: 866,
  browser: 1492,
  large: 1760,
};

/** One trial. What the outcome implies is filled in. */
export function tried(variant: HelloVariant, outcome: Outcome, more: Partial<TlsHelloTried> = {}): Draft {
  const spoke = ['hello', 'retry', 'alert', 'not-tls'].includes(outcome);
  const chose = outcome === 'hello' || outcome === 'retry';
  return {
    kind: 'tls.hello-tried',
    checkpoint: 'tls',
    atMs: 400,
    connection: 'c7',
    server,
    serverName: variant in names ? (names[variant] ?? null) : 'www.shop.com',
    variant,
    helloBytes: sizes[variant] ?? 231,
    outcome,
    afterMs: outcome === 'silent' ? 3000 : 20,
    version: chose ? 'TLSv1.3' : null,
    cipher: chose ? 'TLS_AES_128_GCM_SHA256' : null,
    group: null,
    alert: outcome === 'alert' ? 40 : null,
    alertName: outcome === 'alert' ? 'handshake_failure' : null,
    bytesAcknowledged: null,
    bytesReceived: spoke ? 7 : 0,
    followUp: 'other-hellos',
    ...more,
  };
}

const all: readonly HelloVariant[] = [
  'small',
  'large',
  'small-answer',
  'tls12-only',
  'tls13-only',
  'widest',
  'browser',
  'without-name',
  'other-name',
];

/** Every trial with one outcome, but for those named. */
export function everyTrial(
  outcome: Outcome,
  except: Partial<Record<HelloVariant, Outcome>> = {},
  more: Partial<TlsHelloTried> = {},
): Draft[] {
  return all.map((variant) => tried(variant, except[variant] ?? outcome, except[variant] === undefined ? more : {}));
}

/** The walk's own handshake, finished with this. */
export function finished(more: Partial<TlsHandshakeCompleted>): Draft {
  return { ...handshake('TLSv1.2'), ...more } as Draft;
}

/** A handshake that we ended ourselves. */
export function gaveUp(more: Partial<TlsHandshakeFailed>): Draft {
  return {
    kind: 'tls.handshake-failed',
    checkpoint: 'tls',
    atMs: 56,
    connection: 'c0',
    server,
    serverName: 'www.shop.com',
    failure: { name: 'tls-bad-peer-message' },
    version: 'TLSv1.2',
    ...more,
  };
}

/** Another address of the name: it opened, and presented this. */
export function addressShows(text: string, leaf: Partial<CertificateFacts> = {}, code: string | null = null): Draft[] {
  const at = { connection: 'c5', server: { address: text, port: 443 } };
  const beside = { ...at, followUp: 'every-address' };
  return [
    connected(text, 'c5', { carried: false }),
    { ...handshake(), ...beside } as Draft,
    { ...certificates(leaf, code), ...beside } as Draft,
  ];
}

/** Another address of the name: it opened, and its handshake ended so. */
export function addressFails(text: string, outcome: Outcome, more: Partial<TlsHelloTried> = {}, durationMs = 16): Draft[] {
  const opened = connected(text, 'c5', { carried: false, durationMs }) as TcpConnected;
  const at = { connection: 'c5', server: { address: text, port: 443 }, followUp: 'every-address' };
  return [{ ...opened, facts: { ...opened.facts, rttMs: null } }, { ...tried('as-walked', outcome, more), ...at } as Draft];
}
