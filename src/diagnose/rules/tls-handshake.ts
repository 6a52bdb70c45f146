import type { CauseCode } from '../../model/cause.ts';
import type { ObservationOf } from '../../model/observation.ts';
import { addressScope } from '../address-evidence.ts';
import type { Facts } from '../facts.ts';
import { isWelcome, oldVersionAnswered, trials, unansweredHello } from '../hello-evidence.ts';
import { response } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Alert = ObservationOf<'tls.alert-received'>;

/** RFC 8446 section 6.2 and the IANA registry. */
const alert = {
  handshakeFailure: 40,
  noCertificate: 41,
  badCertificate: 42,
  certificateUnknown: 46,
  protocolVersion: 70,
  insufficientSecurity: 71,
  unrecognizedName: 112,
  certificateRequired: 116,
} as const;

function fatalAlerts(facts: Facts): readonly Alert[] {
  return facts
    .of('tls.alert-received')
    .filter((received) => received.level === 'fatal' && received.followUp === undefined && !isOfLaterAttempt(facts, received.connection));
}

/**
 * The handshake failed where the request was only sent once more, with another offer: on the connection before it was complete, so that it is
 * the request that fails.
 */
function isOfLaterAttempt(facts: Facts, connection: string): boolean {
  const completed = new Set(facts.of('tls.handshake-completed').map((one) => one.connection));
  if (completed.has(connection)) return false;
  return facts.of('http.request-sent').some((sent) => sent.followUp === undefined && completed.has(sent.connection));
}

/** nginx: "No required SSL certificate was sent", "The SSL certificate error"; IIS: "client certificate". */
const aboutClientCertificate = /\b(SSL|client) certificate\b/i;

function wantsClientCertificate(received: Alert): boolean {
  if (received.alert === alert.certificateRequired) return true;
  const aboutCertificate = [alert.handshakeFailure, alert.noCertificate, alert.badCertificate, alert.certificateUnknown].some(
    (code) => code === received.alert,
  );
  return received.clientCertificateRequested === true && aboutCertificate;
}

function alertRule(cause: CauseCode, says: (received: Alert) => boolean, more: Partial<Claim> = {}): Rule {
  return {
    cause,
    judge(facts) {
      const found = fatalAlerts(facts).filter(says);
      const first = found[0];
      if (first === undefined) return none();
      return failure(
        found,
        {
          host: first.serverName ?? first.server.address,
          address: first.server.address,
          port: first.server.port,
          alert: first.alert,
          alertName: first.alertName,
          after: first.after,
        },
        // The others ended as well before the server could say it.
        { ...(first.after === 'finished' ? {} : addressScope(facts)), ...more },
      );
    },
  };
}

/** We ended the handshake ourselves: what the server sent breaks the protocol, or does not hold. */
const ownAlertRule: Rule = {
  cause: 'tls.alert',
  judge(facts) {
    // Packets alone do not tell what the client sent under encryption.
    const found = facts
      .of('tls.handshake-failed')
      .filter((failed) => failed.followUp === undefined && failed.alertSent !== undefined && !isOfLaterAttempt(facts, failed.connection));
    const first = found[0];
    if (first === undefined || fatalAlerts(facts).length > 0) return none();
    const detail = {
      host: first.serverName ?? first.server.address,
      address: first.server.address,
      port: first.server.port,
      by: first.endedBy === 'client' ? 'captured-client' : 'client',
      alert: first.alertSent?.alert ?? null,
      alertName: first.alertSent?.alertName ?? null,
      after: first.messagesReceived?.at(-1) ?? null,
      failure: first.failure.code ?? first.failure.name,
    };
    // What a client that was captured has against it is known by the alert alone.
    return failure(found, detail, first.endedBy === 'client' ? { confidence: 'likely' } : {});
  },
};

/** The connection ended, or went silent, while TLS was being set up. */
function endedRule(cause: CauseCode, kind: 'tcp.reset-received' | 'tcp.closed-by-peer' | 'tcp.peer-silent'): Rule {
  return {
    cause,
    judge(facts) {
      const ended = facts
        .of(kind)
        .filter(
          (observation) =>
            observation.followUp === undefined &&
            (observation.phase === 'hello-sent' || observation.phase === 'handshaking') &&
            !isOfLaterAttempt(facts, observation.connection),
        );
      const first = ended[0];
      if (first === undefined || fatalAlerts(facts).length > 0) return none();
      const trialsOfVersion = oldVersionAnswered(facts);
      return failure(
        [...ended, ...trialsOfVersion],
        {
          host: facts.target?.host ?? first.server.address,
          address: first.server.address,
          port: first.server.port,
          phase: first.phase,
          sinceOpenMs: first.sinceOpenMs,
          waitedMs: first.kind === 'tcp.peer-silent' ? first.waitedMs : null,
          bytesAcknowledged: first.facts.bytesAcknowledged,
          answered: trialsOfVersion[0]?.version ?? null,
        },
        addressScope(facts),
      );
    },
  };
}

export const tlsHandshakeRules: readonly Rule[] = [
  alertRule('tls.client-cert-required', wantsClientCertificate),
  alertRule(
    'tls.alert',
    (received) =>
      !wantsClientCertificate(received) && received.alert !== alert.protocolVersion && received.alert !== alert.unrecognizedName,
  ),
  ownAlertRule,
  {
    cause: 'tls.client-cert-required',
    supersedes: ['http.bad-request', 'http.forbidden', 'http.client-error'],
    judge(facts) {
      // Some servers finish the handshake and refuse in HTTP: nginx says so in the title of its page.
      const completed = facts.of('tls.handshake-completed').find((observation) => observation.followUp === undefined);
      const received = response(facts);
      const document = facts.first('page.document');
      if (completed?.clientCertificateRequested !== true || received === null || received.status < 400) return none();
      if (!aboutClientCertificate.test(document?.title ?? '')) return none();
      return failure([completed, received, document], {
        host: completed.serverName ?? completed.server.address,
        address: completed.server.address,
        port: completed.server.port,
        status: received.status,
      });
    },
  },
  {
    cause: 'tls.not-tls',
    supersedes: ['tls.closed', 'tls.reset', 'tls.timeout'],
    judge(facts) {
      // What a second connection showed counts where nothing at all came back to the ClientHello.
      const isOwn = unansweredHello(facts) !== null && !trials(facts).some(isWelcome);
      const foreign = facts.of('tls.not-tls').filter((observation) => observation.followUp === undefined || isOwn);
      const first = foreign[0];
      if (first === undefined) return none();
      return failure(
        foreign,
        {
          host: facts.target?.host ?? '',
          address: first.server.address,
          port: first.server.port,
          looksLike: first.looksLike,
          sample: first.sampleHex,
        },
        addressScope(facts),
      );
    },
  },
  endedRule('tls.timeout', 'tcp.peer-silent'),
  endedRule('tls.reset', 'tcp.reset-received'),
  endedRule('tls.closed', 'tcp.closed-by-peer'),
  {
    cause: 'tls.slow',
    judge(facts) {
      const completed = facts.of('tls.handshake-completed').filter((observation) => observation.followUp === undefined);
      const slow = completed.find((observation) => {
        const connection = facts.of('tcp.connected').find((connected) => connected.connection === observation.connection);
        // Beyond what the round trips themselves take: a far server is not a slow one.
        const travelMs = (connection?.facts.rttMs ?? connection?.durationMs ?? 0) * (observation.roundTrips ?? 2);
        const peerMs = (observation.durationMs ?? 0) - (observation.lateMs ?? 0);
        return peerMs - travelMs > facts.context.budgets.handshakeMs;
      });
      if (slow === undefined) return none();
      return impairment([slow], {
        host: facts.target?.host ?? '',
        durationMs: slow.durationMs ?? null,
        budgetMs: facts.context.budgets.handshakeMs,
      });
    },
  },
];
