import { describe, expect, it } from 'vitest';
import { checkpointIds } from '../../src/model/checkpoint.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { caseOf } from '../../src/report/case.ts';
import { likelyCauses } from '../../src/report/likely-causes.ts';
import { block, code, codeCell, prose } from '../../src/report/markdown.ts';
import { narrate } from '../../src/report/narration/narration.ts';
import { renderNote } from '../../src/report/note.ts';
import { proofsOf } from '../../src/report/proof.ts';
import { publicCommands } from '../../src/report/public-commands.ts';
import { renderWorksheet } from '../../src/report/worksheet/worksheet.ts';
import {
  answered,
  certificates,
  connected,
  handshake,
  page,
  record,
  redirected,
  requestSent,
  responded,
  server,
  synUnanswered,
  target,
  upTo,
} from './evidence.ts';
import { reportOf, reports } from './reports.ts';
import { expectValid } from './schema.ts';

const report = (name: string): WalkReport => {
  const made = reports[name]!();
  expectValid('walk', made);
  return made;
};

/** Outcome of each section by its title. */
function outcomes(worksheet: string): Record<string, string> {
  return Object.fromEntries([...worksheet.matchAll(/^## (.+)\n\nOutcome: \*\*(.*)\*\*$/gm)].map(([, title, words]) => [title!, words!]));
}

describe('the worksheet', () => {
  it('has a section for every checkpoint, each with its outcome', () => {
    expect(outcomes(renderWorksheet(report('healthy')))).toEqual({
      Target: 'OK',
      'This computer': 'OK',
      DNS: 'OK',
      Route: 'OK',
      TCP: 'connected',
      TLS: 'OK',
      HTTP: '200',
      Page: 'OK',
    });
  });

  it.each([
    ['dns', 'DNS', 'NXDOMAIN'],
    ['tcp', 'TCP', 'refused'],
    ['tls', 'TLS', 'certificate expired'],
    ['http', 'HTTP', '502: bad gateway'],
  ])('stops at the first failing checkpoint: %s', (name, title, words) => {
    const made = report(name);
    expect(made.verdict.checkpoint).toBe(name);
    const found = outcomes(renderWorksheet(made));
    expect(found[title]).toBe(words);
    const titles = Object.keys(found);
    const after = titles.slice(titles.indexOf(title) + 1);
    expect(after).toHaveLength(checkpointIds.length - 1 - checkpointIds.indexOf(name as 'dns'));
    for (const later of after) expect(found[later]).toContain(`not reached because ${name} failed`);
  });

  it.each([
    ['1 . alpn="h2" ech=AEX+', 'the zone offers a key for it \\(ECH\\); this walk sent the name in clear'],
    ['1 . alpn="h2"', 'the zone offers no key for it \\(ECH\\); the name is sent in clear'],
  ])('tells of a key for the hello where the HTTPS record was asked for: %s', (data, words) => {
    const made = reportOf([upTo.page(), { ...answered({ answers: [record('HTTPS', data)] }), type: 'HTTPS' } as ObservationDraft]);
    expect(renderWorksheet(made)).toMatch(new RegExp(`Encrypted hello: .*${words}`));
    expect(renderWorksheet(reportOf([upTo.page()]))).not.toContain('Encrypted hello');
  });

  it('says that a route is unclear when nothing came back', () => {
    const found = outcomes(renderWorksheet(reportOf([upTo.addresses(), synUnanswered()])));
    expect(found.Route).toBe('unclear');
    expect(found.TCP).toBe('timed out');
  });

  it('is filled from the evidence, and cites it', () => {
    const made = report('tls');
    const worksheet = renderWorksheet(made);
    const received = made.evidence.find((one) => one.kind === 'tls.certificates-received')!;
    expect(worksheet).toMatch(new RegExp(`Valid: \`2026-10-01 to 2026-11-18\` \\(${received.id}\\)`));
    expect(worksheet).toMatch(/\| `192\.168\.1\.1` \| `www\.shop\.com A` \| `NOERROR: 203\.0\.113\.10 \(300 s\), 20 ms` \| e\d+ \|/);
  });

  it('says of a connection only that it was made, whatever the kernel counted on it later', () => {
    const measured: ObservationDraft = {
      kind: 'tcp.measured',
      checkpoint: 'tcp',
      atMs: 90,
      connection: 'c0',
      server,
      family: 'ipv4',
      phase: 'answered',
      bytesSent: 300,
      bytesReceived: 600,
      facts: { rttMs: 16, synRetransmissions: 0, retransmissions: 0, mssBytes: 1460, bytesAcknowledged: null },
    };
    const worksheet = renderWorksheet(reportOf([upTo.page(), measured]));
    expect(worksheet).toMatch(/^- Connected: /m);
    expect(worksheet).toMatch(/^- Also seen: `the connection to 203\.0\.113\.10:443/m);
    expect(worksheet).not.toContain('Not connected');
    expect(renderWorksheet(report('tcp'))).toMatch(/^- Not connected: /m);
  });

  it('says what a cause means that it rules out', () => {
    const proofs = proofsOf(caseOf(report('tcp'))).filter(({ fact }) => fact.startsWith('Ruled out: '));
    for (const { fact } of proofs) expect(fact).toMatch(/^Ruled out: [A-Z].+\. \([a-z]+\.[a-z-]+\)$/);
  });

  it('tells of the last request of a chain, and of the redirects that led there', () => {
    const first = [upTo.request(), responded(302), redirected('followed')];
    const next = [
      target('https://next.shop.com/', 1),
      { ...connected('203.0.113.99', 'c1'), hop: 1 },
      handshake('TLSv1.2', 1),
      certificates({ dnsNames: ['next.shop.com'], notAfter: '2026-11-18T00:00:00.000Z' }, 'CERT_HAS_EXPIRED', [], 1),
    ];
    const made = reportOf([...first, ...next]);
    expect(made.verdict.nested?.cause ?? made.verdict.cause).toBe('tls.cert-expired');
    const worksheet = renderWorksheet(made);
    expect(outcomes(worksheet).TLS).toBe('OK before the redirect, certificate expired after it');
    expect(worksheet).toMatch(/^- Certificate names: `next\.shop\.com`/m);
    expect(worksheet).toMatch(/^- Handshake: `TLSv1\.2, /m);
    expect(worksheet).toMatch(/^- Connected: `203\.0\.113\.99:443/m);
    expect(worksheet).not.toMatch(/^- Connected: `203\.0\.113\.10:443/m);
    // What was looked at but once stays.
    expect(worksheet).toMatch(/^- Resolvers: /m);
    const life = narrate(caseOf(made));
    expect(life[0]).toMatchObject({
      title: 'Redirects',
      sentences: [expect.stringMatching(/^The site redirected the request once.*302 to https:/), expect.anything()],
    });
    expect(life.find(({ title }) => title === 'Keys')!.sentences.join(' ')).toMatch(/TLSv1\.2 .*next\.shop\.com/);
    expect(narrate(caseOf(report('healthy'))).map(({ title }) => title)).not.toContain('Redirects');
  });

  it('holds the intake, and says what nobody told', () => {
    const intake = {
      urls: ['https://www.shop.com/cart'],
      reporter: 'Ann | Support',
      place: 'Lyon',
      network: null,
      since: '2026-11-21T09:30+01:00',
      users: 'some',
      pages: 'all',
      symptom: null,
    } as const;
    const made = reportOf([upTo.page()], { intake: { ...intake, urls: [...intake.urls] } });
    expectValid('walk', made);
    const worksheet = renderWorksheet(made);
    expect(worksheet).toContain('| Reported URLs | `https://www.shop.com/cart` |');
    expect(worksheet).toContain('| Reported by | `Ann \\| Support` |');
    expect(worksheet).toContain('| Since (with time zone) | `2026-11-21T09:30+01:00` |');
    expect(worksheet).toContain('| Network | not told |');
    expect(renderNote(caseOf(made))).toContain('some users, all pages, since 2026-11-21T09:30+01:00');
  });
});

describe('the note', () => {
  it.each(Object.keys(reports))('has four parts in at most 12 lines: %s', (name) => {
    const lines = renderNote(caseOf(report(name)))
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(12);
    const labels = lines.flatMap((line) => /^(Symptom|Evidence|First failing step|Next check): ./.exec(line)?.[1] ?? []);
    expect(labels).toEqual(['Symptom', 'Evidence', 'First failing step', 'Next check']);
  });

  it('names symptom, evidence by id, checkpoint, cause and a command', () => {
    const note = renderNote(caseOf(report('tls')));
    expect(note).toContain('ERR_CERT_DATE_INVALID');
    expect(note).toMatch(/\(e\d+\)/);
    expect(note).toMatch(/First failing step: tls: .*tls\.cert-expired/);
    expect(note).toMatch(/\n {2}\$ openssl /);
  });
});

describe('a note with long texts', () => {
  const long = reportOf([
    upTo.connection(),
    certificates({ dnsNames: ['a'.repeat(119), 'b'.repeat(119)], issuer: 'CN='.padEnd(300, 'x') }),
    page(),
  ]);

  it('loses the end of a sentence before the cause, the side and the evidence', () => {
    const lines = renderNote(caseOf(long)).split('\n');
    const step = lines.find((line) => line.startsWith('First failing step'))!;
    expect([...step].length).toBeLessThanOrEqual(240);
    expect(step).toMatch(new RegExp(`… \\(${long.verdict.cause!.replace('.', '\\.')}; proven; the site's side\\)$`));
    expect(lines.find((line) => line.startsWith('Evidence'))).toMatch(/… \(e\d+\)$/);
  });

  it('names every command of the steps it names', () => {
    const { next } = long.verdict;
    const note = renderNote(caseOf(long));
    for (const step of next.slice(0, 2)) {
      expect(note).toContain(step.action);
      if (step.command !== undefined) expect(note).toContain(`  $ ${step.command}\n`);
    }
  });
});

describe('what was proved', () => {
  it('cites evidence that exists, for every fact', () => {
    for (const make of Object.values(reports)) {
      const subject = caseOf(make());
      const ids = new Set(subject.evidence.map(({ id }) => id));
      for (const proof of proofsOf(subject)) {
        expect(proof.evidence.length, proof.fact).toBeGreaterThan(0);
        for (const id of proof.evidence) expect(ids).toContain(id);
      }
    }
  });

  it('does not say that a peer is who it says when the certificate is not accepted', () => {
    const facts = (made: WalkReport): string =>
      proofsOf(caseOf(made))
        .map(({ fact }) => fact)
        .join('\n');
    expect(facts(report('healthy'))).toContain('The peer is who it says');
    expect(facts(report('tls'))).not.toContain('The peer is who it says');
    // Trusted, and for another name.
    expect(facts(reportOf([upTo.connection(), certificates({ dnsNames: ['other.example'] }), page()]))).not.toContain('who it says');
  });
});

describe('likely causes', () => {
  it('begin with the verdict, each with evidence, and end with what is excluded', () => {
    for (const make of Object.values(reports)) {
      const made = make();
      const causes = likelyCauses(caseOf(made));
      expect(causes[0]?.cause).toBe(made.verdict.cause ?? undefined);
      if (causes[0] !== undefined) expect(causes[0].speaksFor.length).toBeGreaterThan(0);
      for (const cause of causes.filter(({ confidence }) => confidence === 'excluded'))
        expect(cause.speaksAgainst.length).toBeGreaterThan(0);
      expect(new Set(causes.map(({ cause }) => cause)).size).toBe(causes.length);
    }
  });
});

describe('commands with other tools', () => {
  it('go as far as the first failure', () => {
    const tools = (name: string): string[] => publicCommands(caseOf(report(name))).map(({ command }) => command.split(' ')[0]!);
    expect(tools('dns')).toEqual(['ip', 'dig', 'dig']);
    expect(tools('tcp')).toEqual(['ip', 'dig', 'dig', 'traceroute', 'nc']);
    expect(tools('healthy')).toEqual(['ip', 'dig', 'dig', 'traceroute', 'nc', 'openssl', 'curl']);
  });

  it('ask as the walk asked', () => {
    const curl = (...drafts: ObservationDraft[]): string =>
      publicCommands(caseOf(reportOf([upTo.page(), drafts]))).find(({ checkpoint }) => checkpoint === 'http')!.command;
    expect(curl()).toMatch(/^curl -sS -m 20 --http1\.1 -o \/dev\/null -D - -w '[^']*' https:\/\/www\.shop\.com\/$/);
    const sent = requestSent() as Extract<ObservationDraft, { kind: 'http.request-sent' }>;
    expect(curl({ ...sent, method: 'HEAD', version: '2' })).toMatch(/^curl -sS -m 20 -I -o/);
    expect(curl({ ...sent, method: 'OPTIONS' })).toContain(' -X OPTIONS ');
    const proxied: ObservationDraft = {
      kind: 'local.proxy-configured',
      checkpoint: 'local',
      atMs: 0,
      variable: '--proxy',
      url: 'http://192.0.2.8:3128/;reboot',
      bypassed: false,
    };
    expect(curl(proxied)).toContain(" -x 'http://192.0.2.8:3128/;reboot' ");
    const given = reportOf([
      upTo.page().map((draft) => (draft.kind === 'dns.addresses-chosen' ? { ...draft, source: 'connect-to' as const } : draft)),
    ]);
    expect(publicCommands(caseOf(given)).at(-1)!.command).toContain(' --connect-to ::203.0.113.10:443 ');
  });

  it('quote what is hostile', () => {
    const made = reportOf([
      { ...upTo.addresses()[0]!, host: '$(reboot)' } as never,
      answered({ answers: [record('A', server.address)] }),
      synUnanswered(),
    ]);
    for (const { command } of publicCommands(caseOf(made))) expect(command).not.toMatch(/(?<!')\$\(reboot\)(?!')/);
  });
});

describe('Markdown of remote text', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '![x](https://evil.example/x.png)',
    '[click](javascript:alert(1))',
    '`code` ``more`` | cell',
    '@everyone #1 ~~gone~~ **bold** _it_',
    '=HYPERLINK("https://evil.example")',
    '- item',
    '1. item',
    'a\u001b[2Jb\u202e\r\n# heading',
    '$(reboot)',
  ];

  it.each(hostile)('does nothing in prose: %j', (text) => {
    const escaped = prose(text);
    expect(escaped).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(escaped).not.toMatch(/(?<!\\)[`*_[\]<>&|~$@#!]/);
    expect(escaped).not.toMatch(/:\/\//);
    expect(escaped).not.toMatch(/^(?:[-+=]|\d+[.)])/);
  });

  it.each(hostile)('is shown as it is in a code span: %j', (text) => {
    const span = code(text);
    const fence = /^`+/.exec(span)![0];
    expect(span.endsWith(fence)).toBe(true);
    expect(span.slice(fence.length, -fence.length)).not.toMatch(new RegExp(`(?<!\`)${fence}(?!\`)`));
    expect(codeCell(text)).not.toMatch(/(?<!\\)\|/);
    expect(span).not.toMatch(/[\n\r\u001b\u202e]/);
  });

  it('cannot end a block', () => {
    const lines = block(['```', '````` x'], 'sh');
    expect(lines[0]!.startsWith('``````')).toBe(true);
  });
});
