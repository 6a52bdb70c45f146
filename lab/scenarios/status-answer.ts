import type { CauseCode } from '../../src/model/cause.ts';
import type { Change, SiteChange } from '../scenario/change.ts';
import type { EvidencePattern, Scenario } from '../scenario/scenario.ts';
import { edgeReached, synsAtEdge, trustedCertificate } from './ingredients.ts';

export interface StatusScenario {
  id: string;
  title: string;
  fault: string;
  made: string;
  naive: string;
  status: number;
  cause: CauseCode;
  site?: SiteChange;
  changes?: readonly Change[];
  evidence?: readonly EvidencePattern[];
  more?: Partial<Scenario>;
}

/** A site whose edge answers with a status that means failure. */
export function answering({
  id,
  title,
  fault,
  made,
  naive,
  status,
  cause,
  site,
  changes = [],
  evidence = [],
  more,
}: StatusScenario): Scenario {
  return {
    id,
    title,
    fault,
    made,
    naive,
    changes: [synsAtEdge, ...(site ? [{ site }] : []), ...changes],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause, evidence: [trustedCertificate, { kind: 'http.response-received', where: { status } }, ...evidence] },
    proof: [edgeReached, { log: 'edge', matches: `" ${status} ` }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    ...more,
  };
}

/** What nginx says to send a page with a status. */
export const page = (status: number, body: string): readonly string[] => ['default_type text/html;', `return ${status} '${body}';`];
