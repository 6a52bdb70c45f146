import type { CauseCode } from '../../model/cause.ts';
import type { ObservationOf } from '../../model/observation.ts';
import { soonMs } from '../../model/web-socket.ts';
import type { Facts } from '../facts.ts';
import { response } from '../progress.ts';
import type { Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';
import { describe } from './http-answer.ts';

type WebSocket = ObservationOf<'http.websocket'>;

/** Outcomes of a first packet that say that HTTP/3 cannot be had there, or not from here. */
const quicFails: ReadonlySet<string> = new Set(['silent', 'refused', 'closed']);

/** Close codes (RFC 6455 section 7.4.1 and the IANA registry) and what a status of the same meaning would be judged as. */
const closeCauses: Readonly<Record<number, CauseCode>> = {
  1002: 'http.client-error',
  1003: 'http.client-error',
  1007: 'http.client-error',
  1008: 'http.forbidden',
  1009: 'http.client-error',
  1010: 'http.client-error',
  1011: 'http.server-error',
  1012: 'http.unavailable',
  1013: 'http.unavailable',
  1014: 'http.bad-gateway',
  3000: 'http.unauthorized',
  3003: 'http.forbidden',
};

/** The WebSocket that was accepted and did not last: one that ends later was of use. */
function endedSoon(facts: Facts): WebSocket | null {
  const socket = facts.first('http.websocket');
  return socket?.accepted === true && socket.openMs <= soonMs ? socket : null;
}

/** The peer closed soon after it had accepted, with a code that means this. */
function closedRule(cause: CauseCode): Rule {
  return {
    cause,
    judge(facts) {
      const socket = endedSoon(facts);
      const received = response(facts);
      if (socket === null || received === null || socket.closeCode === null || closeCauses[socket.closeCode] !== cause) return none();
      return failure([received, socket], {
        ...describe(facts, received),
        closeCode: socket.closeCode,
        closeReason: socket.closeReason === '' ? null : socket.closeReason,
      });
    },
  };
}

export const httpProtocolRules: readonly Rule[] = [
  {
    cause: 'http.h3-failed',
    judge(facts) {
      const tried = facts.first('http.quic-tried');
      const received = response(facts);
      if (tried === null || received === null || !quicFails.has(tried.outcome)) return none();
      const { outcome, errorName, server } = tried;
      const failure = outcome === 'closed' ? `closed, ${errorName ?? 'no reason'}` : quicWords(outcome, server.port);
      const detail = { url: facts.target?.url ?? null, address: server.address, port: server.port, failure, silent: outcome === 'silent' };
      // Many networks drop UDP 443 for everybody, and browsers there go on over TCP: silence alone is no want of this site.
      if (outcome === 'silent') return impairment([received, tried], detail, { severity: 'note', confidence: 'possible' });
      return impairment([received, tried], detail);
    },
  },
  ...[...new Set(Object.values(closeCauses))].map(closedRule),
  {
    cause: 'http.closed',
    judge(facts) {
      const socket = endedSoon(facts);
      if (socket?.closedBy !== 'end') return none();
      return failure([socket, response(facts)], websocketFacts(facts, socket));
    },
  },
  {
    cause: 'http.reset',
    judge(facts) {
      const socket = endedSoon(facts);
      if (socket?.closedBy !== 'reset') return none();
      return failure([socket, response(facts)], websocketFacts(facts, socket));
    },
  },
  {
    cause: 'http.malformed',
    judge(facts) {
      const socket = facts.first('http.websocket');
      if (socket === null || (socket.accepted && socket.closedBy !== 'broken')) return none();
      const rule = socket.accepted ? 'WebSocket frame' : 'Sec-WebSocket-Accept';
      return failure([socket, response(facts)], { ...websocketFacts(facts, socket), rule, sample: null });
    },
  },
  {
    cause: 'http.unexpected',
    judge(facts) {
      const { target } = facts;
      const received = response(facts);
      const isUpgrade = target?.scheme === 'ws' || target?.scheme === 'wss';
      if (!isUpgrade || received === null || !facts.isFinalHop || received.status >= 400 || received.status === 101) return none();
      if (facts.context.expect.statuses !== undefined) return none();
      return failure([received], { ...describe(facts, received), expected: [101] }, { stated: true });
    },
  },
];

function quicWords(outcome: string, port: number): string {
  return outcome === 'refused' ? `nothing listens on UDP ${port}` : `UDP ${port} does not answer`;
}

function websocketFacts(facts: Facts, socket: WebSocket): { url: string | null; address: string; port: number; phase: string } {
  return { url: facts.target?.url ?? null, address: socket.server.address, port: socket.server.port, phase: 'websocket' };
}
