import type { CauseCode } from '../../src/model/cause.ts';
import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { EvidencePattern, Scenario } from '../scenario/scenario.ts';

export interface OddAnswer {
  id: string;
  title: string;
  fault: string;
  naive: string;
  steps: ConnectionScript;
  cause: CauseCode;
  evidence: readonly EvidencePattern[];
  /** Inside TLS; default plain http, so that captures show it. */
  secure?: true;
  more?: Partial<Scenario>;
}

/** A server in nginx's place that takes the request and answers as the script says. */
export function oddAnswer({ id, title, fault, naive, steps, cause, evidence, secure, more }: OddAnswer): Scenario {
  const behavior = secure ? { script: { secure: {}, steps } } : { script: { steps } };
  return {
    id,
    title,
    fault,
    made: `A server in nginx's place on port ${secure ? 443 : 80} does so.`,
    naive,
    changes: [{ stop: 'edge' }, { odd: { name: 'odd-edge', at: 'edge', port: secure ? 443 : 80, behavior } }],
    url: `${secure ? 'https' : 'http'}://www.shop.example/`,
    expect: {
      status: 'failed',
      cause,
      evidence: [{ kind: 'tcp.connected' }, { kind: 'http.request-sent', where: { method: 'GET' } }, ...evidence],
    },
    proof: [{ hits: 'odd-edge' }],
    ...(secure && { captureClient: { checkpoint: 'unclear' as const, why: 'TLS hides the request without key-log secrets' } }),
    ...more,
  };
}
