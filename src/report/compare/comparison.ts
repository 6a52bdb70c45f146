import { type CheckpointId, checkpointIds, checkpointOrder } from '../../model/checkpoint.ts';
import type { ComparedChange, ComparedReport, CompareReport } from '../../model/compare-report.ts';
import type { ToolIdentity } from '../../model/walk-report.ts';
import { type Case, failedCheckpoint, firstEvidence } from '../case.ts';
import { duration } from '../wording.ts';
import { outcomeOf } from '../worksheet/outcome.ts';
import { comparableFacts } from './comparable-facts.ts';

/** A stage is slower when it takes this much more, as a share and in milliseconds: less is noise. */
const slowerShare = 1.5;
const slowerMs = 20;

/** What is not the same in two cases, and what that comes down to. */
export function compareCases(before: Case, after: Case, files: { before: string; after: string }, tool: ToolIdentity): CompareReport {
  const verdict = verdictOf(before, after);
  const failedAt = [before, after].map((one) => failedCheckpoint(one)?.id ?? one.verdict.checkpoint).find((id) => id !== null) ?? null;
  const changes = [
    ...verdictChange(before, after),
    ...outcomeChanges(before, after),
    ...factChanges(before, after, failedAt),
    ...timeChanges(before, after),
  ].sort(byWeight);
  return {
    schema: 'wirewalk.compare/1',
    tool,
    before: sideOf(before, files.before),
    after: sideOf(after, files.after),
    verdict,
    summary: `${targetsLine(before, after)}${summaryOf(before, after, verdict, changes)}`,
    changes,
  };
}

function sideOf(subject: Case, file: string): ComparedReport {
  const { status, checkpoint, cause } = subject.verdict;
  return { file, target: subject.title, startedAt: subject.startedAt, vantage: subject.vantage, status, checkpoint, cause };
}

function isWell({ verdict }: Case): boolean {
  return verdict.status === 'ok';
}

function verdictOf(before: Case, after: Case): CompareReport['verdict'] {
  if (before.verdict.status === 'unclear' || after.verdict.status === 'unclear') return 'unclear';
  if (before.verdict.cause === after.verdict.cause && before.verdict.status === after.verdict.status) return 'same';
  if (before.verdict.status === 'failed' && after.verdict.status !== 'failed') return 'fixed';
  if (after.verdict.status === 'failed' && before.verdict.status !== 'failed') return 'broken';
  if (isWell(after)) return 'fixed';
  return isWell(before) ? 'broken' : 'changed';
}

function summaryOf(before: Case, after: Case, verdict: CompareReport['verdict'], changes: readonly ComparedChange[]): string {
  const [first] = changes.filter((change) => change.weight === 'explains');
  const reason =
    first === undefined
      ? 'No measured fact explains the difference.'
      : `First difference on the way: ${first.checkpoint ?? 'all'}, ${first.what}: ${first.before ?? 'not known'} before, ${first.after ?? 'not known'} after.`;
  switch (verdict) {
    case 'same':
      return isWell(before)
        ? `Both work.${changesLine(changes)}`
        : `Both ${words(before, 2)}: ${before.verdict.summary}${changesLine(changes)}`;
    case 'fixed':
      return `The first ${words(before)} (${before.verdict.cause ?? 'no cause'}), the second ${words(after)}. ${reason}`;
    case 'broken':
      return `The first ${words(before)}, the second ${words(after)} (${after.verdict.cause ?? 'no cause'}). ${reason}`;
    case 'changed':
      return `The first ${words(before)} (${before.verdict.cause ?? 'no cause'}), the second ${words(after)} (${after.verdict.cause ?? 'no cause'}). ${reason}`;
    case 'unclear':
      return `${before.verdict.status === after.verdict.status ? 'Neither of the two could' : 'One of the two could not'} be judged, so it cannot be said what their difference means.${changesLine(changes)}`;
  }
}

/** Before and after, here and there are of one thing; of two things anything may differ. */
function targetsLine(before: Case, after: Case): string {
  return before.url === null || after.url === null || before.url === after.url
    ? ''
    : `They are of different targets, ${before.title} and ${after.title}. `;
}

function words({ verdict }: Case, count: 1 | 2 = 1): string {
  switch (verdict.status) {
    case 'ok':
      return 'works';
    case 'unclear':
      return 'is unclear';
    default:
      return `${verdict.status === 'failed' ? (count === 1 ? 'fails' : 'fail') : count === 1 ? 'is impaired' : 'are impaired'} at ${verdict.checkpoint ?? 'an unknown checkpoint'}`;
  }
}

function changesLine(changes: readonly ComparedChange[]): string {
  const [first] = changes;
  return first === undefined
    ? ' Nothing that was measured differs.'
    : ` What differs first: ${first.what}: ${first.before ?? 'not known'} before, ${first.after ?? 'not known'} after.`;
}

function verdictChange(before: Case, after: Case): ComparedChange[] {
  const text = ({ verdict }: Case): string => (verdict.cause === null ? verdict.status : `${verdict.status}: ${verdict.cause}`);
  if (text(before) === text(after)) return [];
  return [
    { checkpoint: null, what: 'verdict', before: text(before), after: text(after), weight: 'verdict', evidence: { before: [], after: [] } },
  ];
}

/** A checkpoint that one of them did not reach is told by the verdict already. */
function outcomeChanges(before: Case, after: Case): ComparedChange[] {
  return checkpointIds.flatMap((id): ComparedChange[] => {
    const [one, other] = [before, after].map((subject) => {
      const checkpoint = subject.checkpoints.find((candidate) => candidate.id === id);
      return checkpoint === undefined ? null : { checkpoint, outcome: outcomeOf(subject, checkpoint) };
    });
    if (!one?.outcome.reached || !other?.outcome.reached || one.outcome.words === other.outcome.words) return [];
    return [
      {
        checkpoint: id,
        what: 'outcome',
        before: one.outcome.words,
        after: other.outcome.words,
        weight: 'verdict',
        evidence: { before: one.checkpoint.evidence.slice(0, 3), after: other.checkpoint.evidence.slice(0, 3) },
      },
    ];
  });
}

function factChanges(before: Case, after: Case, failedAt: CheckpointId | null): ComparedChange[] {
  const [one, other] = [comparableFacts(before), comparableFacts(after)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((key): ComparedChange[] => {
    const [was, is] = [one.get(key), other.get(key)];
    const known = was ?? is;
    // What only one of them looked at is no change.
    if (known === undefined || was === undefined || is === undefined || was.value === is.value) return [];
    const { checkpoint, what } = known;
    // Whether packets come back is seen by what becomes of connections.
    const lastOnTheWay = failedAt === 'route' ? 'tcp' : failedAt;
    const explains = lastOnTheWay !== null && checkpoint !== null && checkpointOrder(checkpoint) <= checkpointOrder(lastOnTheWay);
    return [
      {
        checkpoint,
        what,
        before: was.value,
        after: is.value,
        weight: explains ? 'explains' : 'differs',
        evidence: { before: was.evidence, after: is.evidence },
      },
    ];
  });
}

function timeChanges(before: Case, after: Case): ComparedChange[] {
  const stages = [
    ['dns', 'time of the lookup', 'dnsMs', 'dns.addresses-chosen'],
    ['tcp', 'time to connect', 'connectMs', 'tcp.connected'],
    ['tls', 'time of the handshake', 'tlsMs', 'tls.handshake-completed'],
    ['http', 'time to the first byte', 'firstByteMs', 'http.response-received'],
    ['http', 'time of the content', 'contentMs', 'http.response-received'],
    ['http', 'total time', 'totalMs', 'http.response-received'],
  ] as const;
  return stages.flatMap(([checkpoint, what, key, end]): ComparedChange[] => {
    // How long something was waited for in vain is no time that it took.
    if ([before, after].some((subject) => firstEvidence(subject, end) === null)) return [];
    const [was, is] = [before.timings[key], after.timings[key]];
    if (was === null || is === null || Math.abs(is - was) < slowerMs) return [];
    const isSlower = is > was * slowerShare;
    if (!isSlower && !(was > is * slowerShare)) return [];
    return [
      {
        checkpoint,
        what,
        before: duration(was),
        after: duration(is),
        weight: isSlower ? 'slower' : 'faster',
        evidence: { before: [], after: [] },
      },
    ];
  });
}

const weights: readonly ComparedChange['weight'][] = ['verdict', 'explains', 'slower', 'differs', 'faster'];

function byWeight(one: ComparedChange, other: ComparedChange): number {
  const order = ({ checkpoint }: ComparedChange): number => (checkpoint === null ? -1 : checkpointOrder(checkpoint));
  return weights.indexOf(one.weight) - weights.indexOf(other.weight) || order(one) - order(other);
}
