import type { CheckpointId } from '../model/checkpoint.ts';
import type { Finding } from '../model/finding.ts';
import type { ObservationOf } from '../model/observation.ts';
import type { Diagnosis } from '../model/verdict.ts';
import type { WalkRecord } from '../model/walk-record.ts';
import { sentenceFor } from './sentences/all-sentences.ts';
import { duration, listed } from './wording.ts';

const needed: Readonly<Record<CheckpointId, string>> = {
  target: 'what to reach',
  local: "this computer's network",
  dns: 'the addresses of the name',
  route: 'the path',
  tcp: 'the connection',
  tls: 'the encryption',
  http: "the server's answer",
  page: 'the page',
};

/** The verdict in one sentence. */
export function verdictSummary(record: WalkRecord, diagnosis: Diagnosis, quoted: Finding | null): string {
  if (quoted !== null) return sentenceFor(quoted.cause, quoted.detail, quoted.nested?.cause ?? null);
  const { verdict } = diagnosis;
  if (verdict.status === 'ok') return working(record);
  const missing = verdict.missing.map((id) => needed[id]);
  const what = missing.length === 0 ? 'something that is needed' : listed(missing);
  return record.context.interrupted
    ? `The walk was interrupted before ${what} could be judged.`
    : `It cannot be said what is wrong, if anything: ${what} could not be judged.`;
}

function working(record: WalkRecord): string {
  const responses = record.observations.filter(
    (observation): observation is ObservationOf<'http.response-received'> =>
      observation.kind === 'http.response-received' && observation.resource === undefined && observation.followUp === undefined,
  );
  const last = responses.at(-1);
  const total = record.timings.totalMs;
  if (last === undefined) return 'Everything that was needed works.';
  return `The site answered ${last.status}${last.reason === '' ? '' : ` ${last.reason}`}${total === null ? '' : ` in ${duration(total)}`}.`;
}
