import { type Case, evidenceOf, firstEvidence } from '../case.ts';
import { duration } from '../wording.ts';

/** A table within a narration. Cells hold no remote text. */
export interface NarratedTable {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** What a request costs with some of the work done before. */
interface WarmRow {
  what: string;
  roundTrips: number | null;
  ms: number | null;
  /** `partly`: what was saved was measured, and subtracted from the first visit. */
  known: 'measured' | 'partly' | 'computed';
}

const how: Readonly<Record<WarmRow['known'], string>> = { measured: 'measured', partly: 'measured in part', computed: 'computed' };

/** A first visit beside later ones: what is there already, round trips until the first byte, time in all. Null when no answer came. */
export function warmTable(subject: Case): NarratedTable | null {
  const rows = warmRows(subject);
  const [first] = rows;
  if (first === undefined || rows.length < 2) return null;
  return {
    head: ['there already', 'round trips', 'saved', 'time', 'known'],
    rows: rows.map((row) => [
      row.what,
      row.roundTrips === null ? '' : String(row.roundTrips),
      row === first || row.roundTrips === null || first.roundTrips === null ? '' : String(first.roundTrips - row.roundTrips),
      row.ms === null ? '' : duration(Math.max(0, row.ms)),
      how[row.known],
    ]),
  };
}

function warmRows(subject: Case): WarmRow[] {
  const { roundTrips, roundTripMs, serverMs, dnsMs, connectMs, tlsMs, redirectMs } = subject.timings;
  if (subject.timings.totalMs === null || roundTrips === null) return [];
  // Of a chain, its last request: the one that round trips are counted of.
  const totalMs = subject.timings.totalMs - (redirectMs ?? 0);
  const warm = evidenceOf(subject, 'http.warm-run').at(-1) ?? null;
  const resumption = evidenceOf(subject, 'tls.resumption-tried').at(-1) ?? null;
  const rows: WarmRow[] = [{ what: 'nothing: a first visit', roundTrips, ms: totalMs, known: 'measured' }];
  const isAsked = firstEvidence(subject, 'dns.addresses-chosen')?.durationMs !== undefined && dnsMs !== null;
  let named = { roundTrips, ms: totalMs };
  if (isAsked) {
    const lookupMs = warm?.lookupMs ?? null;
    named = { roundTrips: roundTrips - 1, ms: totalMs - dnsMs + (lookupMs ?? 0) };
    rows.push({ what: 'the name', ...named, known: lookupMs === null ? 'computed' : 'partly' });
  }
  if (resumption?.outcome === 'resumed' && resumption.resumedMs !== null && resumption.roundTripsSaved !== null) {
    rows.push({
      what: isAsked ? 'the name and a TLS session' : 'a TLS session',
      roundTrips: named.roundTrips - resumption.roundTripsSaved,
      ms: named.ms - (resumption.fullMs - resumption.resumedMs),
      known: 'partly',
    });
  }
  if (warm?.outcome === 'answered' && warm.durationMs !== undefined)
    rows.push({ what: 'the connection', roundTrips: 1, ms: warm.durationMs, known: 'measured' });
  // What would have been saved is no more than what was spent; a connection that is not kept saves nothing.
  else if (warm === null && roundTripMs !== null && serverMs !== null && connectMs !== null)
    rows.push({ what: 'the connection', roundTrips: 1, ms: totalMs - (dnsMs ?? 0) - connectMs - (tlsMs ?? 0), known: 'computed' });
  return rows;
}
