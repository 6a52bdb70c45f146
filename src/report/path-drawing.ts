import type { AddressOwner, PathHop } from '../model/observations/route.ts';
import { type OwnersByAddress, ownersByAddress, type PathPlace, pathPlaces } from '../model/path-place.ts';
import type { Evidence, WalkReport } from '../model/walk-report.ts';
import { columnsOf, fitted, padded } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import { blank, type Line, span } from './layout.ts';
import { answerWords, hopTime, ownerWords } from './path-words.ts';
import { percent, plural } from './wording.ts';

/** A traced path, drawn: whose network a packet is in, who forwards it, how long it takes, and where it stops. */

type Path = Extract<Evidence, { kind: 'route.path-traced' }>;
type OwnersEvidence = Extract<Evidence, { kind: 'route.address-owners' }>;

const indentColumns = 10;
const ttlColumns = 5;
/** An IPv6 address of full length. */
const mostAddressColumns = 39;
const timeColumns = 9;
/** Fewer probes than this lose some by chance: no share is told. */
const leastSamples = 10;

/**
 * The path that belongs to a report as lines, indented for a label; empty when none was traced.
 *
 * @param mostHops draw the last so many hops that answer, and what follows them
 */
export function pathDrawing(report: WalkReport, columns: number, mostHops: number = Number.POSITIVE_INFINITY): Line[] {
  const path = shownPath(report);
  if (path === null) return [];
  const owners = ownersByAddress(report.evidence.filter((one): one is OwnersEvidence => one.kind === 'route.address-owners'));
  return drawPath(path, owners, otherWays(report, path), columns, mostHops);
}

/** The way of the request itself; else the one that the verdict rests on; else the first by SYNs. */
function shownPath(report: WalkReport): Path | null {
  const paths = report.evidence.filter((one): one is Path => one.kind === 'route.path-traced' && one.followUp !== 'path-of-control');
  const cited = new Set(report.findings.find((finding) => finding.cause === report.verdict.cause)?.evidence ?? []);
  const bySyns = paths.filter((path) => path.protocol === 'tcp');
  return (
    bySyns.findLast((path) => path.followUp === 'path-of-request') ??
    bySyns.find((path) => cited.has(path.id)) ??
    bySyns[0] ??
    paths[0] ??
    null
  );
}

/** What other probes to the same address met that SYNs did not, in words; null when they ended alike. */
function otherWays(report: WalkReport, path: Path): string | null {
  if (path.reachedAtTtl !== null) return null;
  const others = report.evidence.filter(
    (one): one is Path =>
      one.kind === 'route.path-traced' && one.protocol !== path.protocol && one.destination.address === path.destination.address,
  );
  const arrived = others.filter((other) => other.reachedAtTtl !== null);
  if (arrived.length === 0) return others.length === 0 ? null : 'other probes get no further';
  const names = { tcp: 'SYNs', udp: 'datagrams', icmp: 'echo requests' } as const;
  return `${arrived.map((other) => names[other.protocol]).join(' and ')} arrive, at hop ${arrived[0]!.reachedAtTtl}`;
}

function drawPath(path: Path, owners: OwnersByAddress, others: string | null, columns: number, mostHops: number): Line[] {
  const addressColumns = Math.min(
    mostAddressColumns,
    Math.max(1, ...path.hops.flatMap((hop) => hop.answers.map((answer) => columnsOf(nameOf(answer))))),
  );
  const places = pathPlaces(path.hops, path.destination.address, owners);
  const lines: Line[] = [];
  let heading: string | null = null;
  const answering = path.hops.filter((hop) => hop.answers.length > 0);
  const first = answering.at(-Math.min(mostHops, answering.length))?.ttl ?? 1;
  for (const [index, hop] of path.hops.entries()) {
    // The line about where it stops says the silence behind it once more.
    if (mostHops < answering.length && (hop.ttl < first || hop.ttl > (answering.at(-1)?.ttl ?? 0))) continue;
    const network = networkOf(hop, places[index] ?? null, owners);
    if (network !== null && network !== heading) {
      heading = network;
      lines.push([blank(indentColumns), { text: fitted(escapeForTerminal(network), columns - indentColumns), tone: 'faint' }]);
    }
    lines.push(...hopLines(path, hop, addressColumns, columns));
  }
  const end = endWords(path, others);
  if (end === null) return lines;
  // In one line where there is room: else what others met would be cut off.
  const isShort = columnsOf(end.join('; ')) <= columns - indentColumns;
  const words = isShort ? [end.join('; ')] : end;
  return [...lines, ...words.map((text): Line => [blank(indentColumns), { text: fitted(text, columns - indentColumns), tone: 'bad' }])];
}

/** Whose network an answering hop is in: `transit: AS64501 Transit Example`. */
function networkOf(hop: PathHop, place: PathPlace | null, owners: OwnersByAddress): string | null {
  const [answer] = hop.answers;
  const owner: AddressOwner | undefined = answer === undefined ? undefined : owners.get(answer.from);
  if (owner === undefined) return null;
  const whose = ownerWords(owner);
  const sort = owner.sort === null ? '' : `, ${owner.sort === 'cdn' ? 'CDN' : owner.sort}`;
  // The destination stands in its network: one heading for both.
  const where = place === 'destination host' ? 'destination network' : place;
  if (owner.asNumber === null && owner.range !== 'public')
    return where === 'own network' ? 'own network' : `${where ?? 'somewhere'}: ${whose}`;
  return `${where ?? 'network'}: ${whose}${sort}`;
}

function hopLines(path: Path, hop: PathHop, addressColumns: number, columns: number): Line[] {
  const ttl = `${String(hop.ttl).padStart(ttlColumns - 2)}  `;
  if (hop.answers.length === 0) {
    const words = hop.ttl < (lastAnswering(path)?.ttl ?? 0) ? 'silent, and passes packets on' : 'no answer';
    return [
      [
        blank(indentColumns),
        span(ttl, 'faint'),
        span(padded('*', addressColumns + 2), 'faint'),
        span(fitted(words, columns - indentColumns - ttlColumns - addressColumns - 2), 'faint'),
      ],
    ];
  }
  return hop.answers.map((answer, index): Line => {
    const time = answer.rttMs.length === 0 ? '' : hopTime(Math.min(...answer.rttMs));
    const notes = [
      answer.what === 'expired' ? '' : answerWords(answer, path.family),
      index === 0 ? lossWords(path, hop) : 'also here',
    ].filter((note) => note !== '');
    const left = columns - indentColumns - ttlColumns - addressColumns - 2 - timeColumns - 2;
    const isBad = answer.what === 'icmp-error' && path.reachedAtTtl === null;
    return [
      blank(indentColumns),
      span(index === 0 ? ttl : ' '.repeat(ttlColumns), 'faint'),
      { text: padded(fitted(nameOf(answer), addressColumns), addressColumns + 2), tone: 'plain' },
      { text: padded(time, timeColumns + 2), tone: 'plain' },
      { text: fitted(notes.join(', '), Math.max(0, left)), tone: isBad ? 'bad' : answer.what === 'expired' ? 'faint' : 'good' },
    ];
  });
}

function nameOf(answer: { from: string; name?: string }): string {
  return escapeForTerminal(answer.name ?? answer.from);
}

/** Loss at a hop, and whether it means anything: what does not reach the destination is a router that limits its answers. */
function lossWords(path: Path, hop: PathHop): string {
  const answered = countOf(hop);
  if (hop.sent < leastSamples || answered >= hop.sent) return '';
  const share = `${percent(hop.sent - answered, hop.sent)} % lost`;
  const end = path.hops.find((one) => one.ttl === path.reachedAtTtl);
  if (end === undefined || end === hop) return share;
  const endShare = 1 - countOf(end) / end.sent;
  return 1 - answered / hop.sent > endShare * 2 + 0.1 ? `answers ${answered} of ${hop.sent}: limits them` : share;
}

function countOf(hop: PathHop): number {
  return hop.answers.reduce((sum, answer) => sum + answer.count, 0);
}

function lastAnswering(path: Path): PathHop | null {
  return path.hops.findLast((hop) => hop.answers.length > 0) ?? null;
}

/** Where a path stops that does not arrive. */
function endWords(path: Path, others: string | null): string[] | null {
  if (path.reachedAtTtl !== null) return null;
  const last = lastAnswering(path);
  if (last?.answers.some((answer) => answer.what === 'icmp-error') === true)
    return others === null ? null : [`stops here, towards ${path.destination.address}`, others];
  const beyond = path.probedToTtl - (last?.ttl ?? 0);
  const more = others === null ? [] : [others];
  if (beyond <= 0) return [`never arrives: somebody answers at each of ${plural(path.probedToTtl, 'hop')}`, ...more];
  return [`stops here: nothing from ${plural(beyond, 'hop')} beyond`, ...more];
}
