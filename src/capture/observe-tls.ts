import type { ConnectionPhase } from '../model/observations/tcp.ts';
import type { CertificateFacts, TlsVersion } from '../model/observations/tls.ts';
import { encodeHex } from '../wire/byte-text.ts';
import { tlsCipherSuiteName } from '../wire/tls-cipher-suites.ts';
import type { TlsServerHello } from '../wire/tls-hello.ts';
import { tlsAlertName, tlsGroupName, tlsVersionName } from '../wire/tls-names.ts';
import { foreignProtocol } from '../wire/tls-record.ts';
import { type EvidenceLog, round } from './evidence-log.ts';
import type { ObservedConnection } from './observe-tcp.ts';
import type { SeenCertificates } from './seen-certificates.ts';
import type { TlsConversation } from './tls-conversation.ts';
import type { SeenTlsAlert, TlsFollower } from './tls-follower.ts';

/** Of a handshake, so much lost by the client is told. */
const noticeableMs = 100;

/** Reads a certificate; null when the bytes are none. What X.509 takes (hashes, signatures) is not this room's to have. */
export type ReadCertificate = (der: Uint8Array) => CertificateFacts | null;

/** Everything about the TLS of one connection. */
export interface ObservedTls {
  follower: TlsFollower;
  clear: TlsConversation;
  /** Wall clock at which validity is read: when the certificates were sent. ISO 8601. */
  sentAt: string;
  readCertificate: ReadCertificate;
}

/** Version as the server chose it; drafts of TLS 1.3 count as TLS 1.3. */
export function versionOf(hello: TlsServerHello | null): TlsVersion | null {
  if (hello === null) return null;
  const high = hello.version >> 8;
  return high === 0x7f || high === 0xfb ? 'TLSv1.3' : tlsVersionName(hello.version);
}

/** States what TLS showed: certificates, alerts, the end of the handshake. */
export function observeTls(log: EvidenceLog, connection: ObservedConnection, tls: ObservedTls, seen: SeenCertificates | null): void {
  const { story, conversation, id } = connection;
  const { clear, follower } = tls;
  const common = {
    checkpoint: 'tls',
    connection: id,
    server: conversation.server,
    serverName: clear.client.clientHello?.serverName ?? null,
  } as const;
  const [client, server] = follower.sides;
  if (follower.foreignSample !== null) {
    log.state(follower.foreignMs, [client.helloFrame, follower.foreignFrame], {
      kind: 'tls.not-tls',
      ...common,
      looksLike: foreignProtocol(follower.foreignSample),
      sampleHex: encodeHex(follower.foreignSample),
    });
  }
  if (seen !== null) {
    log.state(server.helloMs, [server.helloFrame], {
      kind: 'tls.certificates-received',
      ...common,
      certificates: seen.certificates,
      trust: seen.trust,
      judgedAt: tls.sentAt,
    });
  }
  const hello = clear.server.serverHello;
  const version = versionOf(hello);
  const requested = version === 'TLSv1.3' && clear.server.certificate === null ? null : clear.server.certificateRequest !== null;
  for (const alert of follower.alerts) {
    if (alert.level !== 2 || alert.direction !== 1) continue;
    log.state(alert.timeMs, [client.helloFrame, alert.frame], {
      kind: 'tls.alert-received',
      ...common,
      level: 'fatal',
      alert: alert.description,
      alertName: tlsAlertName(alert.description),
      after: stageBefore(alert, tls),
      encrypted: alert.opened,
      clientCertificateRequested: requested,
    });
  }
  if (story.serverAborted) {
    if (story.serverAlert < 0) observeServerEnd(log, connection, tls, version);
  } else if (story.tlsStage === 'completed' && hello !== null && version !== null) {
    const isResumed = wasResumed(clear, hello);
    const thoughtMs = version === 'TLSv1.3' ? story.securedMs - client.heardMs : Number.NaN;
    log.state(story.securedMs, [client.helloFrame, server.helloFrame, client.firstApplicationFrame], {
      kind: 'tls.handshake-completed',
      ...common,
      durationMs: round(story.securedMs - client.helloMs),
      ...(thoughtMs >= noticeableMs ? { lateMs: round(thoughtMs) } : {}),
      version,
      cipher: tlsCipherSuiteName(hello.cipherSuite),
      group: groupOf(clear, hello),
      alpn: hello.alpn,
      resumed: isResumed,
      roundTrips: roundTripsOf(clear, hello, isResumed),
      clientCertificateRequested: requested,
      clientWentOn: story.clientWentOn,
    });
  } else if (story.clientAborted || story.clientAlert >= 0) {
    const alertName = story.clientAlert >= 0 ? tlsAlertName(story.clientAlert) : null;
    log.state(
      Number.isNaN(story.clientEndMs) ? story.lastMs : story.clientEndMs,
      [client.helloFrame, server.helloFrame, clientEndFrame(tls)],
      {
        kind: 'tls.handshake-failed',
        ...common,
        failure:
          alertName === null
            ? { name: 'ended-encrypted', raw: 'the client ended the handshake; why is encrypted' }
            : { name: 'tls-alert', raw: `the client sent ${alertName}` },
        version,
        endedBy: 'client',
        // Of certificates that were captured more can be said.
        ...(alertName === null || seen !== null ? {} : { alertSent: { alert: story.clientAlert, alertName } }),
      },
    );
  }
}

/** States that the server ended a handshake that was complete for the client, and that its reason is encrypted. */
function observeServerEnd(log: EvidenceLog, connection: ObservedConnection, tls: ObservedTls, version: TlsVersion | null): void {
  const { clear, follower } = tls;
  const server = follower.sides[1];
  log.state(server.lastApplicationMs, [follower.sides[0].firstApplicationFrame, server.lastApplicationFrame], {
    kind: 'tls.handshake-failed',
    checkpoint: 'tls',
    connection: connection.id,
    server: connection.conversation.server,
    serverName: clear.client.clientHello?.serverName ?? null,
    failure: { name: 'ended-encrypted', raw: 'the server ended the connection at the end of the handshake; why is encrypted' },
    version,
    endedBy: 'server',
  });
}

function clientEndFrame(tls: ObservedTls): number {
  const sent = tls.follower.alerts.find((alert) => alert.direction === 0);
  return sent?.frame ?? tls.follower.sides[0].lastApplicationFrame;
}

function stageBefore(alert: SeenTlsAlert, tls: ObservedTls): 'client-hello' | 'server-hello' | 'handshake' | 'finished' {
  const [client, server] = tls.follower.sides;
  if (alert.opened && client.firstApplicationMs <= alert.timeMs) return 'finished';
  if (!Number.isNaN(server.encryptedHandshakeMs) && server.encryptedHandshakeMs <= alert.timeMs) return 'finished';
  if (Number.isNaN(server.helloMs) || server.helloMs > alert.timeMs) return 'client-hello';
  return tls.clear.server.messages.length > 1 ? 'handshake' : 'server-hello';
}

/** Whether the server took up a session again. */
export function wasResumed(clear: TlsConversation, hello: TlsServerHello): boolean {
  if (hello.version >= 0x0304) return hello.pskIndex !== null;
  // Up to TLS 1.2 a resumed handshake has no certificate and no key exchange.
  return clear.server.certificate === null && clear.server.serverKeyExchange === null && !clear.server.messages.includes(14);
}

function groupOf(clear: TlsConversation, hello: TlsServerHello): string | null {
  const code = hello.keyShareGroup ?? clear.server.serverKeyExchange?.group ?? null;
  return code === null ? null : tlsGroupName(code);
}

function roundTripsOf(clear: TlsConversation, hello: TlsServerHello, isResumed: boolean): number {
  const retried = clear.server.helloRetryRequest === null ? 0 : 1;
  if (hello.version >= 0x0304) return 1 + retried;
  return isResumed ? 1 : 2;
}

/** The phase in which a connection ended that did not get through its handshake. */
export function handshakePhase(stage: string): ConnectionPhase {
  if (stage === 'hello-sent') return 'hello-sent';
  return stage === 'handshaking' ? 'handshaking' : 'opened';
}
