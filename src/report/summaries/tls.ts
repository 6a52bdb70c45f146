import type { ObservationOf } from '../../model/observation.ts';
import type { CertificateFacts } from '../../model/observations/tls.ts';
import { certificateNames, failureWords } from '../fact-words.ts';
import { day, duration, plural } from '../wording.ts';
import type { Seen } from './seen.ts';

const dayMs = 86_400_000;

/** Version and certificate, or how the handshake ended. Null when nothing is known yet. */
export function summarizeTls(seen: Seen): string | null {
  const received = seen.first('tls.certificates-received');
  const completed = seen.first('tls.handshake-completed');
  if (completed !== null) return `${completed.version}, ${received === null ? 'no certificate seen' : certificate(received)}`;
  const alert = seen.first('tls.alert-received');
  if (alert !== null) return `ended by the alert ${alert.alertName} (${alert.alert})`;
  const foreign = seen.first('tls.not-tls');
  if (foreign !== null)
    return foreign.looksLike === 'unknown' ? 'the answer is not TLS' : `the answer is ${foreign.looksLike.toUpperCase()}, not TLS`;
  return ended(seen) ?? library(seen) ?? (received === null ? null : certificate(received));
}

function certificate(received: ObservationOf<'tls.certificates-received'>): string {
  const leaf = received.certificates[0];
  if (leaf === undefined) return 'no certificate sent';
  const trust = received.trust.find((result) => result.store !== 'mozilla') ?? received.trust[0];
  const distrust = trust === undefined || trust.trusted || trust.code === 'CERT_HAS_EXPIRED' ? '' : 'untrusted ';
  return `${distrust}certificate ${validity(leaf, received.judgedAt)} for ${certificateNames(leaf)}`;
}

function validity(leaf: CertificateFacts, judgedAt: string): string {
  const now = Date.parse(judgedAt);
  const daysLeft = Math.floor((Date.parse(leaf.notAfter) - now) / dayMs);
  if (daysLeft < 0) return `expired ${day(leaf.notAfter)}`;
  if (Date.parse(leaf.notBefore) > now) return `not valid before ${day(leaf.notBefore)}`;
  return `valid until ${day(leaf.notAfter)} (${plural(daysLeft, 'day')})`;
}

function ended(seen: Seen): string | null {
  const inHandshake = (observation: { phase: string }): boolean =>
    observation.phase === 'hello-sent' || observation.phase === 'handshaking';
  if (seen.all('tcp.reset-received').some(inHandshake)) return 'reset during the handshake';
  if (seen.all('tcp.closed-by-peer').some(inHandshake)) return 'closed during the handshake';
  const silent = seen.all('tcp.peer-silent').find(inHandshake);
  return silent === undefined ? null : `no answer to the greeting in ${duration(silent.waitedMs)}`;
}

function library(seen: Seen): string | null {
  const failed = seen.first('tls.handshake-failed');
  return failed === null ? null : `handshake failed (${failureWords(failed.failure)})`;
}
