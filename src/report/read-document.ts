import { checkpointIds } from '../model/checkpoint.ts';
import type { ReadExchange, ReadRecord } from '../model/read-record.ts';
import type { CauseCount, ExchangeCounts, ExchangeVerdict, ReadReport, ReportedExchange } from '../model/read-report.ts';
import { noTimings } from '../model/timings.ts';
import type { Diagnosis, Verdict, VerdictStatus } from '../model/verdict.ts';
import type { WalkRecord } from '../model/walk-record.ts';
import type { ReportedVerdict, WalkReport } from '../model/walk-report.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { renderVerdict, renderWalkReport } from './walk-document.ts';

/** An exchange with what the rules say about it. */
export interface JudgedExchange {
  exchange: ReadExchange;
  diagnosis: Diagnosis;
}

/** Worst first. */
const severity: readonly VerdictStatus[] = ['failed', 'degraded', 'unclear', 'ok'];

/** The document of a reading. `judged` holds the record's exchanges in their order, `link` what the rules say of the stations of its links. */
export function renderReadReport(record: ReadRecord, judged: readonly JudgedExchange[], link: Diagnosis, version: string): ReadReport {
  const redactor = createRedactor([record.exchanges]);
  const worst = worstOf(judged);
  const report = worst === null ? linkReportOf(record, link, version) : walkReportOf(record, worst, version);
  return {
    schema: 'wirewalk.read/1',
    tool: { name: 'wirewalk', version },
    durationMs: record.durationMs,
    captures: record.captures,
    protocols: record.protocols,
    conversations: record.conversations,
    conversationCount: record.conversationCount,
    exchanges: judged.map((one, index) => described(record, one, `x${index}`, redactor)),
    ...countsOf(record, judged),
    verdict: report === null ? nothingToJudge(record) : report.verdict,
    ...(report === null ? {} : { checkpoints: report.checkpoints, timings: report.timings }),
    findings: report?.findings ?? [],
    evidence: report?.evidence ?? [],
  };
}

/**
 * The exchange whose verdict is the capture's. Of the worst ones the first in time says which host and port it is about, and of those the one that fails at
 * the first checkpoint, for what comes later may follow from it. What systems ask by themselves counts only where there is nothing else.
 */
export function worstOf(judged: readonly JudgedExchange[]): JudgedExchange | null {
  const meant = judged.filter((one) => !isOfSystem(one.exchange.host));
  const candidates = meant.length > 0 ? meant : judged;
  for (const status of severity) {
    const worst = candidates.filter((one) => one.diagnosis.verdict.status === status);
    const [first] = worst;
    if (first === undefined) continue;
    const { host, server } = first.exchange;
    const ofHost = worst.filter(({ exchange }) => exchange.host === host && exchange.server.port === server.port);
    return ofHost.reduce((found, one) => (orderOf(one) < orderOf(found) ? one : found), first);
  }
  return null;
}

function orderOf({ diagnosis }: JudgedExchange): number {
  const { checkpoint } = diagnosis.verdict;
  return checkpoint === null ? checkpointIds.length : checkpointIds.indexOf(checkpoint);
}

/**
 * Names that systems and browsers look up by themselves to learn whether they are online, or where a proxy is, and many networks answer none of them; and
 * one that is nobody's (RFC 2606 section 3), by which servers are tried out.
 */
const systemNames: ReadonlySet<string> = new Set([
  'captive.apple.com',
  'connectivity-check.ubuntu.com',
  'connectivitycheck.android.com',
  'connectivitycheck.gstatic.com',
  'detectportal.firefox.com',
  'dns.msftncsi.com',
  'example.org',
  'ipv4only.arpa',
  'ipv6.msftconnecttest.com',
  'ipv6.msftncsi.com',
  'network-test.debian.org',
  'nmcheck.gnome.org',
  'wpad',
  'www.msftconnecttest.com',
  'www.msftncsi.com',
]);

function isOfSystem(host: string | null): boolean {
  if (host === null) return false;
  const name = host.toLowerCase();
  return systemNames.has(name) || name.startsWith('wpad.');
}

/** How many exchanges have each verdict: those of one class are alike, so what was only counted has the verdict of what was described. */
function verdictCounts(record: ReadRecord, judged: readonly JudgedExchange[]): { verdict: Verdict | null; count: number }[] {
  const verdictOfClass = new Map<number, Verdict>();
  for (const { exchange, diagnosis } of judged)
    if (!verdictOfClass.has(exchange.class)) verdictOfClass.set(exchange.class, diagnosis.verdict);
  const listed = judged.map(({ diagnosis }) => ({ verdict: diagnosis.verdict, count: 1 }));
  return [
    ...listed,
    ...record.tallies.map((tally) => ({ verdict: verdictOfClass.get(tally.class) ?? null, count: tally.count - tally.listed })),
  ];
}

function countsOf(record: ReadRecord, judged: readonly JudgedExchange[]): Pick<ReadReport, 'exchangeCounts' | 'causeCounts'> {
  const exchangeCounts: ExchangeCounts = { total: record.exchangeCount, ok: 0, degraded: 0, failed: 0, unclear: 0 };
  const byCause = new Map<string, CauseCount>();
  for (const { verdict, count } of verdictCounts(record, judged)) {
    const status = verdict?.status ?? 'unclear';
    exchangeCounts[status] += count;
    if (count === 0 || verdict === null || verdict.cause === null || (status !== 'failed' && status !== 'degraded')) continue;
    const key = `${status} ${verdict.cause}`;
    const known = byCause.get(key);
    if (known === undefined) byCause.set(key, { cause: verdict.cause, status, count });
    else known.count += count;
  }
  const causeCounts = [...byCause.values()].sort(
    (one, other) => severity.indexOf(one.status) - severity.indexOf(other.status) || other.count - one.count,
  );
  return { exchangeCounts, ...(causeCounts.length === 0 ? {} : { causeCounts }) };
}

/** An exchange as if it had been walked: the rules and the words for them are the same. */
function walkReportOf(record: ReadRecord, judged: JudgedExchange, version: string): WalkReport {
  return renderWalkReport(walkRecordOf(record, judged.exchange), judged.diagnosis, version);
}

/** Without any request: why there is none, where the link shows it. Null where it does not. */
function linkReportOf(record: ReadRecord, diagnosis: Diagnosis, version: string): WalkReport | null {
  if (diagnosis.verdict.status !== 'failed') return null;
  return renderWalkReport(
    {
      startedAt: record.startedAt ?? new Date(0).toISOString(),
      durationMs: 0,
      vantage: { host: '', platform: '', addresses: [], privileges: [] },
      target: { input: '', url: null, scheme: null, host: null, port: null, expect: record.context.expect },
      context: record.context,
      observations: record.link,
      timings: noTimings,
      contacted: [],
    },
    diagnosis,
    version,
  );
}

function walkRecordOf(record: ReadRecord, exchange: ReadExchange): WalkRecord {
  const target = exchange.observations.find((observation) => observation.kind === 'target.parsed');
  return {
    startedAt: record.startedAt ?? new Date(0).toISOString(),
    durationMs: exchange.timings.totalMs ?? 0,
    vantage: { host: '', platform: '', addresses: [exchange.client.address], privileges: [] },
    target: {
      input: target?.url ?? exchange.host ?? exchange.server.address,
      url: target?.url ?? null,
      scheme: target?.scheme ?? null,
      host: target?.host ?? null,
      port: target?.port ?? null,
      expect: record.context.expect,
    },
    context: record.context,
    observations: exchange.observations,
    timings: exchange.timings,
    contacted: [],
  };
}

/**
 * An exchange as the document shows it, without secrets. Most of it is made when it is asked for: a screen shows twenty of the hundreds that a document
 * lists.
 */
function described(record: ReadRecord, { exchange, diagnosis }: JudgedExchange, id: string, redactor: Redactor): ReportedExchange {
  const { status, checkpoint, cause, confidence } = diagnosis.verdict;
  const redacted = onDemand(() => redactor.document(factsOf(exchange)));
  const summary = onDemand(() => redactor.text(renderVerdict(walkRecordOf(record, exchange), diagnosis).summary));
  const verdict: ExchangeVerdict = {
    status,
    checkpoint,
    cause,
    confidence,
    get summary() {
      return summary();
    },
  };
  return {
    id,
    get host() {
      return redacted().host;
    },
    get server() {
      return redacted().server;
    },
    get dns() {
      return redacted().dns;
    },
    get tcp() {
      return redacted().tcp;
    },
    get tls() {
      return redacted().tls;
    },
    get http() {
      return redacted().http;
    },
    get timings() {
      return redacted().timings;
    },
    verdict,
    get frames() {
      return redacted().frames;
    },
    get displayFilter() {
      return redacted().displayFilter;
    },
  };
}

/** Makes a value when it is first asked for. */
function onDemand<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function factsOf(exchange: ReadExchange): Omit<ReportedExchange, 'id' | 'verdict'> {
  return {
    host: exchange.host,
    server: endpointText(exchange.server),
    dns: exchange.dns,
    tcp: exchange.conversation === null ? null : `t${exchange.conversation}`,
    tls: exchange.tls,
    http: exchange.http,
    timings: exchange.timings,
    frames: exchange.frames,
    displayFilter: displayFilterOf(exchange),
  };
}

function endpointText({ address, port }: ReadExchange['server']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A Wireshark display filter for the exchange's own packets. */
function displayFilterOf(exchange: ReadExchange): string {
  const { client, server } = exchange;
  const ip = client.address.includes(':') ? 'ipv6' : 'ip';
  const addresses = `${ip}.addr == ${client.address} && ${ip}.addr == ${server.address}`;
  if (exchange.conversation !== null) return `${addresses} && tcp.port == ${client.port} && tcp.port == ${server.port}`;
  const name = exchange.dns?.name ?? exchange.host ?? '';
  return /^[\w.-]+$/.test(name)
    ? `dns.qry.name == "${name}" && ${ip}.addr == ${client.address}`
    : `${addresses} && udp.port == ${client.port}`;
}

function nothingToJudge(record: ReadRecord): ReportedVerdict {
  const packets = record.captures.reduce((sum, capture) => sum + capture.packets, 0);
  return {
    status: 'unclear',
    checkpoint: null,
    cause: null,
    confidence: 'possible',
    summary: packets === 0 ? 'The capture holds no packets.' : 'The capture shows no request that could be judged.',
    side: 'unknown',
    browserError: null,
    scope: [],
    alternatives: [],
    ruledOut: [],
    likelyReasons: [],
    next: [],
    missing: [],
  };
}
