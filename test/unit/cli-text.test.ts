import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import { noTimings, type Timings } from '../../src/model/timings.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { columnsOf } from '../../src/report/columns.ts';
import { colourStyle, plainStyle } from '../../src/report/style.ts';
import { defaultTextOptions, renderText } from '../../src/report/text.ts';
import { renderWalkReport } from '../../src/report/walk-document.ts';
import {
  alert,
  answered,
  body,
  certificate,
  certificates,
  chosen,
  connected,
  contextOf,
  ended,
  handshake,
  judgedAt,
  links,
  neighbor,
  notTls,
  numbered,
  page,
  record,
  redirected,
  requestSent,
  resolvers,
  responded,
  server,
  silent,
  synRefused,
  synUnanswered,
  systemLookup,
  target,
  unanswered,
  upTo,
} from './evidence.ts';
import { visited } from './evidence-page.ts';
import { expectValid } from './schema.ts';

const healthyTimings: Timings = {
  dnsMs: 21.7,
  connectMs: 16.4,
  tlsMs: 20.1,
  requestMs: 0.2,
  firstByteMs: 17,
  contentMs: 0.1,
  redirectMs: null,
  totalMs: 75.5,
  roundTripMs: 16.2,
  serverMs: 0.8,
  roundTrips: 4,
};

interface Told {
  evidence: (ObservationDraft | ObservationDraft[])[];
  timings?: Timings;
  expect?: Expectation;
  interrupted?: boolean;
  input?: string;
}

const noName = (...more: ObservationDraft[]): ObservationDraft[] => [...upTo.lookup(), systemLookup([], 'name-not-found'), ...more];
const redirectTo = (...more: ObservationDraft[]): ObservationDraft[] => [
  ...upTo.request(),
  responded(302),
  body(),
  redirected('followed'),
  target('https://next.shop.com/', 1),
  ...more,
];
const hostile = 'a\u001b[2J\u009b31m\u202eb\r\nverdict: ok\u200b';

/** What happened, by the name of the golden file that holds what is printed. */
const walks: Readonly<Record<string, Told>> = {
  'everything-works': { evidence: [upTo.page()], timings: healthyTimings },
  'certificate-expires-soon': {
    evidence: [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-08-26T00:00:00.000Z', notAfter: '2026-11-24T12:00:00.000Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    timings: healthyTimings,
  },
  'ipv6-is-broken': {
    evidence: [
      upTo.lookup(),
      systemLookup(['2001:db8::10', server.address]),
      answered({ answers: [record('A', server.address)] }),
      chosen(['2001:db8::10', server.address]),
      synUnanswered('2001:db8::10', 'c1'),
      connected(),
      handshake(),
      certificates(),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    timings: healthyTimings,
  },
  'cable-is-out': {
    evidence: [target(), links(false), resolvers('192.168.1.1'), systemLookup([], 'lookup-try-again'), unanswered()],
  },
  'name-does-not-exist': { evidence: [noName(answered({ rcode: 3 }), answered({ rcode: 3, type: 'AAAA' }))] },
  'resolver-is-silent': {
    evidence: [noName(unanswered(), unanswered('AAAA'), neighbor('gateway', '192.168.1.1', 'reachable'))],
  },
  'connection-is-refused': { evidence: [upTo.addresses(), synRefused()] },
  'two-addresses-are-silent': {
    evidence: [
      upTo.lookup(),
      systemLookup([server.address, '203.0.113.11']),
      answered({ answers: [record('A', server.address), record('A', '203.0.113.11')] }),
      chosen([server.address, '203.0.113.11']),
      synUnanswered(),
      synUnanswered('203.0.113.11', 'c1'),
    ],
  },
  'certificate-expired': {
    evidence: [
      upTo.connection(),
      handshake(),
      certificates({ notAfter: '2026-11-18T12:00:00.000Z' }, 'CERT_HAS_EXPIRED'),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    timings: healthyTimings,
  },
  'certificate-is-for-another-name': {
    evidence: [
      upTo.connection(),
      handshake(),
      certificates({ subject: 'CN=other.example', dnsNames: ['other.example', '*.other.example', 'a.example', 'b.example'] }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    timings: healthyTimings,
  },
  'issuer-is-unknown': {
    evidence: [
      upTo.connection(),
      handshake(),
      certificates({}, 'SELF_SIGNED_CERT_IN_CHAIN', [
        certificate({ subject: 'CN=Corp Root', issuer: 'CN=Corp Root', isCa: true, selfSigned: true }),
      ]),
    ],
  },
  'handshake-is-refused': { evidence: [upTo.connection(), alert(40)] },
  'port-speaks-http': { evidence: [upTo.connection(), notTls()] },
  'silence-after-the-greeting': { evidence: [upTo.connection(), silent('hello-sent', 517)] },
  'bad-gateway': { evidence: [upTo.request(), responded(502), body(), page()], timings: healthyTimings },
  'body-is-cut-off': { evidence: [upTo.request(), responded(200), body({ end: 'cut-off', bytes: 120 })], timings: healthyTimings },
  'reset-after-the-request': { evidence: [upTo.request(), ended('tcp.reset-received', 'request-sent')] },
  'redirect-leads-to-a-dead-port': {
    evidence: [redirectTo(chosen([server.address], 'system', 1), { ...synRefused(), hop: 1 } as ObservationDraft)],
    timings: healthyTimings,
  },
  'works-in-a-browser-as-well': { evidence: [upTo.page(), visited()], timings: healthyTimings },
  'works-and-its-health-path-does-not': {
    evidence: [
      upTo.page(),
      { ...responded(503), followUp: 'health-path' } as ObservationDraft,
      {
        kind: 'http.variation-tried',
        checkpoint: 'http',
        atMs: 120,
        variation: 'health-path',
        server,
        url: 'https://www.shop.com/health',
        host: 'www.shop.com',
        outcome: 'answered',
        status: 503,
        proven: true,
        followUp: 'health-path',
      } as ObservationDraft,
    ],
    timings: healthyTimings,
  },
  'redirect-down-to-plain-http': {
    evidence: [
      upTo.request(),
      responded(302),
      body(),
      { ...redirected('followed'), url: 'http://www.shop.com/', location: 'http://www.shop.com/', downgrade: true } as ObservationDraft,
      target('http://www.shop.com/', 1),
      chosen([server.address], 'system', 1),
      connected(server.address, 'c1', { hop: 1 }),
      requestSent(1),
      responded(200, 1),
      body({ hop: 1 }),
      page({ hop: 1 }),
    ],
    timings: healthyTimings,
  },
  'redirects-go-in-a-circle': { evidence: [upTo.request(), responded(302), body(), redirected('visited-before')], timings: healthyTimings },
  'page-is-blank': {
    evidence: [upTo.request(), responded(200), body({ bytes: 0 }), page({ bytes: 0, text: 0, elements: 0 })],
    timings: healthyTimings,
  },
  'text-is-missing': {
    evidence: [upTo.request(), responded(200), body(), page({ expectedTextFound: false })],
    timings: healthyTimings,
    expect: { text: 'Welcome' },
  },
  'interrupted-while-connecting': {
    evidence: [
      upTo.addresses(),
      {
        kind: 'tcp.connect-abandoned',
        checkpoint: 'tcp',
        atMs: 900,
        durationMs: 880,
        connection: 'c0',
        server,
        family: 'ipv4',
        afterMs: 880,
      },
    ],
    interrupted: true,
  },
  'server-sends-control-characters': {
    evidence: [
      upTo.connection(),
      handshake(),
      certificates({ subject: `CN=${hostile}`, issuer: `CN=${hostile}`, dnsNames: [hostile, 'www.shop.com'] }),
      requestSent(),
      { ...responded(500), reason: hostile, headers: [{ name: 'server', value: hostile }] } as ObservationDraft,
      body(),
      { ...page(), title: hostile } as ObservationDraft,
    ],
    timings: healthyTimings,
  },
};

function recordOf(told: Told): WalkRecord {
  const observations: Observation[] = numbered(...told.evidence);
  const parsed = observations.find((observation) => observation.kind === 'target.parsed');
  return {
    startedAt: judgedAt,
    durationMs: Math.max(...observations.map((observation) => observation.atMs)) + 1,
    vantage: { host: 'desk', platform: 'linux', addresses: ['192.168.1.42'], privileges: [] },
    target: {
      input: told.input ?? 'www.shop.com',
      url: parsed?.url ?? null,
      scheme: parsed?.scheme ?? null,
      host: parsed?.host ?? null,
      port: parsed?.port ?? null,
      expect: told.expect ?? {},
    },
    context: contextOf(told.expect, told.interrupted),
    observations,
    timings: told.timings ?? noTimings,
    contacted: [{ address: server.address, port: 443, purpose: 'target' }],
  };
}

function reportOf(told: Told): WalkReport {
  const recorded = recordOf(told);
  return renderWalkReport(recorded, diagnose(recorded.observations, recorded.context), '0.1.0');
}

const goldenFolder = new URL('../../fixtures/golden/text/', import.meta.url);

/** Compares with the golden file, or writes it when asked to by UPDATE_GOLDEN=1. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, goldenFolder);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(goldenFolder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `${name}.txt is missing: npm run golden:update`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe.each(Object.entries(walks))('%s', (name, told) => {
  const report = reportOf(told);
  const screen = renderText(report);

  it('gives a document that the published schema takes', () => {
    expectValid('walk', report);
  });

  it('cites evidence that is in it for every finding', () => {
    const ids = report.evidence.map(({ id }) => id);
    for (const { evidence } of report.findings) {
      expect(evidence).not.toEqual([]);
      expect(ids).toEqual(expect.arrayContaining(evidence));
    }
  });

  it('prints the golden text', () => {
    expectGolden(name, screen);
  });

  it('fits on a screen of 80 by 24, commands aside', () => {
    const lines = screen.trimEnd().split('\n');
    const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / 80)), 0);
    expect(rows).toBeLessThanOrEqual(23);
    const tooLong = lines.filter((line) => columnsOf(line) > 80 && !/^(Next)? {6,10}(\$ |decided by)/.test(line));
    expect(tooLong).toEqual([]);
  });

  it('has eight checkpoint lines, in walking order, and passes nothing that is unknown', () => {
    for (const checkpoint of report.checkpoints) {
      const mark = { ok: 'ok', degraded: 'warn', failed: 'FAIL', skipped: 'skip', unknown: '\\?' }[checkpoint.status];
      expect(screen).toMatch(new RegExp(`^  ${mark} +${checkpoint.id} `, 'm'));
    }
  });

  it('looks the same in colour once the colours are taken away', () => {
    const coloured = renderText(report, { ...defaultTextOptions, style: colourStyle });
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(screen);
    expect(coloured).not.toBe(screen);
  });

  it('sends no control character to the terminal, in any detail', () => {
    for (const detail of ['verdict', 'screen', 'all'] as const) {
      const text = renderText(report, { ...defaultTextOptions, style: plainStyle, detail });
      expect(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u.test(text)).toBe(false);
    }
  });

  it('is one line when only the verdict is wanted', () => {
    const line = renderText(report, { ...defaultTextOptions, detail: 'verdict' });
    expect(line.trimEnd().split('\n')).toHaveLength(1);
    expect(line.startsWith(report.verdict.status.toUpperCase())).toBe(true);
  });

  it('shows every finding and all evidence when all is wanted', () => {
    const text = renderText(report, { ...defaultTextOptions, detail: 'all' });
    for (const { id } of [...report.findings, ...report.evidence]) expect(text).toMatch(new RegExp(`(^| )${id} `, 'm'));
  });
});

describe('the whole report', () => {
  it.each(['certificate-expired', 'redirect-leads-to-a-dead-port', 'everything-works'])('%s in all detail is the golden text', (name) => {
    expectGolden(`${name}.all`, renderText(reportOf(walks[name]!), { ...defaultTextOptions, detail: 'all' }));
  });

  it('is narrower on a narrow terminal', () => {
    const text = renderText(reportOf(walks['certificate-expired']!), { ...defaultTextOptions, columns: 50 });
    const tooLong = text.split('\n').filter((line) => columnsOf(line) > 50 && !/^(Next)? {6,10}(\$ |decided by)/.test(line));
    expect(tooLong).toEqual([]);
  });
});

describe('secrets', () => {
  const secret = 'hunter2-Zq81-swordfish';

  it.each<[string, Told]>([
    [
      'in the password of what was typed',
      {
        evidence: [target('https://www.shop.com/'), noName(answered({ rcode: 3 })).slice(1)],
        input: `https://ann:${secret}@www.shop.com/`,
      },
    ],
    ['in a parameter of the URL', { evidence: [target(`https://www.shop.com/?access_token=${secret}`), upTo.page().slice(1)] }],
    [
      'in a redirect of the server',
      {
        evidence: [
          upTo.request(),
          responded(302),
          body(),
          {
            ...redirected('not-followed'),
            location: `/cb?code=${secret}`,
            url: `https://www.shop.com/cb?code=${secret}`,
          } as ObservationDraft,
        ],
      },
    ],
    [
      'in a cookie of the server',
      {
        evidence: [
          upTo.request(),
          { ...responded(500), headers: [{ name: 'set-cookie', value: `sid=${secret}; Path=/` }] } as ObservationDraft,
          body(),
        ],
      },
    ],
    [
      'in input that is no URL',
      {
        evidence: [{ kind: 'target.rejected', checkpoint: 'target', atMs: 0, input: `https://ann:${secret}@ho st/`, reason: 'bad-host' }],
        input: `https://ann:${secret}@ho st/`,
      },
    ],
  ])('%s appear neither in the document nor in the text', (_, told) => {
    const report = reportOf(told);
    expect(JSON.stringify(report)).not.toContain(secret);
    expect(JSON.stringify(report)).toContain('***');
    for (const detail of ['verdict', 'screen', 'all'] as const)
      expect(renderText(report, { ...defaultTextOptions, detail })).not.toContain(secret);
    expectValid('walk', report);
  });
});
