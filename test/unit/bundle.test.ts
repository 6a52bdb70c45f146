import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { openBundle, packBundle } from '../../src/cli/bundle-archive.ts';
import { runProgram } from '../../src/cli/program.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import type { BundleManifest } from '../../src/model/bundle-manifest.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { Pseudonyms } from '../../src/report/pseudonyms.ts';
import { redactedReport } from '../../src/report/redacted-report.ts';
import { reportFrom } from '../../src/report/report-document.ts';
import { sha256Hex, unpackArchive } from '../../src/system/zip-archive.ts';
import { testEnvironment } from './cli-environment.ts';
import { responded, upTo } from './evidence.ts';
import { healthyTimings, reportOf, reports } from './reports.ts';
import { expectValid } from './schema.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewalk-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(archive: Uint8Array): Record<string, Uint8Array> {
  const unpacked = unpackArchive(archive);
  if (unpacked.kind === 'unusable') throw new Error(unpacked.reason);
  return { ...unpacked.files };
}

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const packed = (report: WalkReport, redaction: 'secrets' | 'strict' = 'secrets'): Record<string, Uint8Array> =>
  filesOf(packBundle(redactedReport(report, redaction)));

describe('the bundle', () => {
  it.each(Object.keys(reports))('holds every form of the report, and a manifest that fits: %s', (name) => {
    const files = packed(reports[name]!());
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        'manifest.json',
        'report.json',
        'worksheet.md',
        'note.txt',
        'report.html',
        'dns-answers.txt',
        'environment.txt',
        'removed.txt',
      ]),
    );
    const manifest = JSON.parse(textOf(files['manifest.json'])) as BundleManifest;
    expectValid('bundle', manifest);
    expect(manifest.files.map((file) => file.name).sort()).toEqual(
      Object.keys(files)
        .filter((file) => file !== 'manifest.json')
        .sort(),
    );
    for (const file of manifest.files) {
      expect(file.sha256).toBe(sha256Hex(files[file.name]!));
      expect(file.bytes).toBe(files[file.name]!.length);
    }
    expectValid('walk', JSON.parse(textOf(files['report.json'])));
  });

  it('is the same for the same report', () => {
    const report = reports.tls!();
    expect(packBundle(redactedReport(report, 'secrets'))).toEqual(packBundle(redactedReport(report, 'secrets')));
  });

  it('holds what a browser showed, and under strict redaction says that it is left out', () => {
    const screenshot = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
    const report = reports.http!();
    const open = filesOf(packBundle(redactedReport(report, 'secrets'), { screenshot }));
    expect(open['screenshot.png']).toEqual(screenshot);
    expect(textOf(open['removed.txt'])).toContain('screenshot.png');
    const strict = filesOf(packBundle(redactedReport(report, 'strict'), { screenshot }));
    expect(strict['screenshot.png']).toBeUndefined();
    expect(textOf(strict['removed.txt'])).toContain('Left out: the screenshot');
  });

  it('shows answers and the exchange as text', () => {
    const files = packed(reports.http!());
    expect(textOf(files['dns-answers.txt'])).toMatch(/^ www\.shop\.com\. {2}300 {2}IN {2}A {2}203\.0\.113\.10$/m);
    expect(textOf(files['http-exchange.txt'])).toMatch(/^> GET https:\/\/www\.shop\.com\/ HTTP\/1\.1$[\s\S]*^< HTTP\/1\.1 502$/m);
    expect(textOf(files['http-exchange.txt'])).toMatch(
      /namelookup=0\.022 connect=0\.038 appconnect=0\.058 pretransfer=0\.058 starttransfer=0\.075 total=0\.075/,
    );
  });

  it('pairs request and answer by their order, whichever was noted first', () => {
    const late = upTo.request().map((draft) => (draft.kind === 'http.request-sent' ? { ...draft, atMs: 90 } : draft));
    const files = packed(reportOf([late, responded(204)], { timings: healthyTimings }));
    expect(textOf(files['http-exchange.txt'])).toMatch(/^> GET [\s\S]*^< HTTP\/1\.1 204$/m);
  });

  it('lists what was removed, and where, but not what', () => {
    const secret = 'swordfish-hunter2';
    const withHeaders = { ...responded(200), headers: [{ name: 'x-echo', value: `you sent ${secret}` }] };
    const report = reportOf([upTo.request(), withHeaders], {
      input: `https://www.shop.com/?token=${secret}`,
      timings: healthyTimings,
      headers: [{ name: 'Authorization', value: `Bearer ${secret}` }],
    });
    const files = packed(report);
    for (const [name, bytes] of Object.entries(files)) expect(textOf(bytes), name).not.toContain(secret);
    expect(textOf(files['removed.txt'])).toMatch(/target\.url/);
    expect(textOf(files['removed.txt'])).toMatch(/evidence\[e\d+\]\.headers\[x-echo\]/);
  });

  it('is read and compared', async () => {
    const [good, bad] = [join(folder, 'good.zip'), join(folder, 'bad.zip')];
    writeFileSync(good, packBundle(redactedReport(reports.healthy!(), 'secrets')));
    writeFileSync(bad, packBundle(redactedReport(reports.tls!(), 'secrets')));
    const read = testEnvironment();
    expect(await runProgram(['read', bad], read)).toBe(1);
    expect(read.stdout.text).toContain('FAILED at tls');
    const json = testEnvironment();
    await runProgram(['read', bad, '--json'], json);
    expect(JSON.parse(json.stdout.text)).toEqual(reports.tls!());
    const again = testEnvironment();
    expect(await runProgram(['read', good, '--markdown', '-'], again)).toBe(0);
    expect(again.stdout.text).toMatch(/^# OK: /);
    const compared = testEnvironment();
    expect(await runProgram(['compare', good, bad], compared)).toBe(1);
    expect(compared.stdout.text).toMatch(/BROKEN: +The first works, the second fails at tls \(tls\.cert-expired\)/);
  });

  it('that was altered says so', async () => {
    const files = packed(reports.healthy!());
    const file = join(folder, 'altered.zip');
    writeFileSync(file, zipSync({ ...files, 'note.txt': new TextEncoder().encode('all is well') }));
    const environment = testEnvironment();
    expect(await runProgram(['read', file, '-q'], environment)).toBe(0);
    expect(environment.stderr.text).toContain('altered since it was packed: note.txt');
  });
});

describe('reports and bundles of others', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['no JSON', '{"schema"', /it holds no document/],
    ['another document', '{"schema":"wirewalk.watch/1"}', /no report of wirewalk/],
    ['half a report', '{"schema":"wirewalk.walk/1","verdict":{}}', /incomplete/],
    ['a damaged archive', new Uint8Array([0x50, 0x4b, 3, 4, 9, 9, 9]), /no intact ZIP|no bundle/],
    ['an archive of something else', zipSync({ 'a.txt': new Uint8Array(3) }), /no bundle of wirewalk/],
  ])('%s is refused in one line', async (_, content, message) => {
    const file = join(folder, 'input');
    writeFileSync(file, content);
    await expect(runProgram(['read', file], testEnvironment())).rejects.toThrow(message);
    await expect(runProgram(['compare', file, file], testEnvironment())).rejects.toThrow(message);
  });

  it('cannot bring words that are not of the vocabulary', () => {
    const strange = (change: (report: WalkReport) => void): unknown => {
      const report = structuredClone(reports.tls!());
      change(report);
      return reportFrom(report);
    };
    const hostile = '**x** <img src=x>' as never;
    expect(strange(() => {})).toBeTypeOf('object');
    expect(strange((report) => (report.verdict.cause = hostile))).toMatch(/cause/);
    expect(strange((report) => (report.verdict.status = hostile))).toMatch(/status/);
    expect(strange((report) => (report.findings[0]!.id = hostile))).toMatch(/id/);
    expect(strange((report) => report.findings[0]!.evidence.push(hostile))).toMatch(/evidence/);
    expect(strange((report) => (report.findings[0]!.confidence = hostile))).toMatch(/confidence/);
    expect(strange((report) => (report.evidence[0]!.at = hostile))).toMatch(/at/);
  });

  it('leave out evidence of kinds that are not known yet', () => {
    const report = structuredClone(reports.healthy!());
    report.evidence.push({ id: 'e99', kind: 'dns.of-the-future', checkpoint: 'dns', at: report.startedAt, hop: 0 } as never);
    const read = reportFrom(report) as WalkReport;
    expect(read.evidence.map(({ id }) => id)).toEqual(reports.healthy!().evidence.map(({ id }) => id));
  });

  test('archives of any bytes neither throw nor grow without bound', () => {
    const whole = packBundle(redactedReport(reports.healthy!(), 'secrets'));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const opened = openBundle(bytes);
        expect(['opened', 'unusable']).toContain(opened.kind);
      }),
      { numRuns: 200 },
    );
  });
});

describe('--redact strict', () => {
  it('replaces what says something about the inside, one pseudonym for one thing', () => {
    const report = reportOf([upTo.page()], { host: 'ann-laptop' });
    const text = JSON.stringify(report);
    expect(text).toContain('192.168.1.1');
    expect(text).toContain('ann-laptop');
    const files = packed(report, 'strict');
    for (const [name, bytes] of Object.entries(files)) {
      expect(textOf(bytes), name).not.toMatch(/192\.168\.|ann-laptop|fe80:/);
    }
    const strict = JSON.parse(textOf(files['report.json'])) as WalkReport;
    expectValid('walk', strict);
    // What is public stays.
    expect(JSON.stringify(strict)).toContain('203.0.113.10');
    expect(textOf(files['removed.txt'])).toMatch(/Replaced by pseudonyms: \d+ internal/);
  });

  it.each([
    ['a 192.168.1.7:443 b', 'a 240.0.0.1:443 b'],
    ['[fe80::1%eth0]:53 and fe80::1', '[2001:db8:ffff::1%eth0]:53 and 2001:db8:ffff::1'],
    ['10.0.0.0/8 via 10.0.0.1', '240.0.0.1/8 via 240.0.0.2'],
    ['7.1.168.192.in-addr.arpa', '1.0.0.240.in-addr.arpa'],
    ['8.8.8.8, 1.2.3.4.5, version 10.1', '8.8.8.8, 1.2.3.4.5, version 10.1'],
    ['at 12:30:45, 2001:db8::1', 'at 12:30:45, 2001:db8::1'],
    ['52:54:00:12:34:56 is 52-54-00-12-34-56', '02:00:00:00:00:01 is 02:00:00:00:00:01'],
    ['::ffff:c0a8:12a and ::ffff:192.168.1.42', '::ffff:240.0.0.1 and ::ffff:240.0.0.1'],
    ['64:ff9b::10.0.0.1, ::ffff:8.8.8.8', '64:ff9b::240.0.0.1, ::ffff:8.8.8.8'],
    ['ip-10-0-0-1.ec2.internal, 10-0-0-1.pods.cluster.local', 'ip-240-0-0-1.ec2.internal, 240-0-0-1.pods.cluster.local'],
    ['on 10-11-2026, 1-2-3-4, 10-0-0-1-2', 'on 10-11-2026, 1-2-3-4, 10-0-0-1-2'],
    [`${'5.'.padEnd(60, '0.')}d.f.ip6.arpa`, `${'1.'.padEnd(40, '0.')}f.f.f.f.8.b.d.0.1.0.0.2.ip6.arpa`],
    ['http://%5Bfd00%3A%3A5%5D/', 'http://%5B2001%3Adb8%3Affff%3A%3A1%5D/'],
    ['fd00::5 FD00:0::5', '2001:db8:ffff::1 2001:db8:ffff::1'],
  ])('%s', (text, expected) => {
    expect(new Pseudonyms().text(text)).toBe(expected);
  });

  test('no internal address survives, however it stands in a text', () => {
    const internal = fc.oneof(
      fc
        .tuple(fc.constantFrom('10', '192.168', '172.16', '100.64', '169.254'), fc.nat(255), fc.nat(255), fc.nat(255))
        .map(([net, ...rest]) => [net, ...rest].join('.').split('.').slice(0, 4).join('.')),
      fc
        .tuple(fc.constantFrom('fe80', 'fd12', 'fc00'), fc.nat(0xffff), fc.nat(0xffff))
        .map(([net, a, b]) => `${net}::${a.toString(16)}:${b.toString(16)}`),
    );
    fc.assert(
      fc.property(
        internal,
        fc.constantFrom(' ', '"', '(', ',', '[', '=', '/'),
        fc.constantFrom(' ', '"', ')', ',', ']', '/24', '%eth0', ''),
        (address, before, after) => {
          expect(new Pseudonyms().text(`x${before}${address}${after}`)).not.toContain(address);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a bundle goes to no standard output', async () => {
  await expect(runProgram(['http://127.0.0.1/', '--bundle', '-'], testEnvironment())).rejects.toThrow(/a bundle is no text/);
  const environment = testEnvironment();
  const file = join(folder, 'walk.zip');
  expect(await runProgram(['http://127.0.0.1/', '--bundle', file, '--redact', 'strict'], environment)).toBe(1);
  const files = filesOf(readFileSync(file));
  expect(textOf(files['report.json'])).not.toContain('192.168.1.42');
  expect(environment.stdout.text).not.toContain('192.168.1.42');
});

test('documents that were changed in any way are read, or refused in one line', async () => {
  const whole = JSON.stringify(reports.tls!());
  const paths: (string | number)[][] = [];
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(JSON.parse(whole), []);
  const junk = fc.constantFrom<unknown>(null, 0, -1, 1e300, '', 'x', [], {}, true, [null], [[]], { length: 3 });
  const file = join(folder, 'changed.json');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(paths.length - 1), junk), { minLength: 1, maxLength: 3 }), async (changes) => {
      const document = JSON.parse(whole) as Record<string, unknown>;
      for (const [at, value] of changes) {
        const path = paths[at]!;
        let parent: Record<string, unknown> | undefined = document;
        for (const key of path.slice(0, -1))
          parent = (parent as Record<string, unknown> | undefined)?.[key] as Record<string, unknown> | undefined;
        if (typeof parent === 'object' && parent !== null) parent[path.at(-1) as string] = structuredClone(value);
      }
      writeFileSync(file, JSON.stringify(document));
      for (const words of [
        ['read', file, '-v', '--explain'],
        ['read', file, '--html', '-'],
        ['read', file, '--markdown', '-'],
        ['compare', file, file],
      ]) {
        try {
          expect([0, 1, 2, 3]).toContain(await runProgram(words, testEnvironment()));
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('a document nested without end is refused', async () => {
  const file = join(folder, 'deep.json');
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  writeFileSync(file, `{"schema":"wirewalk.walk/1","verdict":${deep},"evidence":[{"id":"e1","kind":"target.parsed","x":${deep}}]}`);
  await expect(runProgram(['read', file], testEnvironment())).rejects.toThrow(UsageError);
});
