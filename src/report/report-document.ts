import { causeCodes } from '../model/cause.ts';
import { checkpointIds } from '../model/checkpoint.ts';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { isKnownKind } from './evidence-line.ts';

type Fields = Record<string, unknown>;

const causes: ReadonlySet<unknown> = new Set(causeCodes);
const checkpoints: ReadonlySet<unknown> = new Set(checkpointIds);
const words: Readonly<Record<string, readonly string[]>> = {
  status: ['ok', 'degraded', 'failed', 'unclear', 'skipped', 'unknown'],
  confidence: ['proven', 'likely', 'possible'],
  side: ['client', 'network', 'dns', 'edge', 'origin', 'unknown'],
  severity: ['failure', 'impairment', 'note'],
};

/**
 * A document that somebody handed over, as a report, or why it is none. Renderers rely on what is checked here: words of the vocabulary are of the
 * vocabulary, ids are ids; other text may be anything. Evidence of a kind that this version does not know is left out.
 */
export function reportFrom(document: unknown): WalkReport | ReadReport | string {
  if (!isFields(document)) return 'it holds no document';
  if (document.schema !== 'wirewalk.walk/1' && document.schema !== 'wirewalk.read/1') return 'it is no report of wirewalk';
  const known = {
    ...document,
    evidence: listOf(document.evidence).filter((one) => isFields(one) && typeof one.kind === 'string' && isKnownKind(one.kind)),
  };
  const problem = problemOf(known);
  // What is checked is what renderers rely on; the rest of the shape is the sender's word.
  return problem ?? (known as unknown as WalkReport | ReadReport);
}

function problemOf(document: Fields): string | null {
  const verdict = document.verdict;
  if (!isFields(verdict) || !isFields(document.tool) || typeof document.durationMs !== 'number') return 'it is incomplete';
  if (!hasLists(verdict, ['alternatives', 'ruledOut', 'likelyReasons', 'next', 'scope', 'missing'])) return 'its verdict is incomplete';
  if (!hasLists(document, ['findings', 'evidence'])) return 'it is incomplete';
  const isWalk = document.schema === 'wirewalk.walk/1';
  if (
    isWalk &&
    (!isFields(document.target) ||
      !isFields(document.vantage) ||
      !isFields(document.timings) ||
      !hasLists(document, ['checkpoints', 'contacted']))
  ) {
    return 'it is incomplete';
  }
  if (!isWalk && (!hasLists(document, ['captures', 'conversations', 'exchanges']) || !isFields(document.exchangeCounts)))
    return 'it is incomplete';
  const stranger = strangeWord(document, '');
  return stranger === null ? null : `its ${stranger} is not of the vocabulary`;
}

/** Where a word of the vocabulary, an id or a time is something else; null when nowhere. */
function strangeWord(value: unknown, key: string): string | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = key === 'evidence' && typeof item === 'string' ? (isId(item) ? null : key) : strangeWord(item, key);
      if (found !== null) return found;
    }
    return null;
  }
  if (isFields(value)) {
    for (const [name, item] of Object.entries(value)) {
      const found = isStrange(name, item) ? name : strangeWord(item, name);
      if (found !== null) return found;
    }
  }
  return null;
}

function isStrange(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  switch (name) {
    case 'cause':
      return !causes.has(value);
    case 'checkpoint':
      return !checkpoints.has(value);
    case 'id':
      return !isId(value);
    case 'at':
    case 'startedAt':
      return Number.isNaN(Date.parse(value));
    default:
      return words[name]?.includes(value) === false;
  }
}

/** `e1` of evidence, `f1` of findings, `x0` and `t0` of captures, and the names of checkpoints. */
function isId(text: string): boolean {
  return /^[a-z]{1,8}\d{0,9}$/.test(text);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function hasLists(fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => Array.isArray(fields[name]));
}
