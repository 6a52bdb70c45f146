import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/cli/error-line.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { runProgram } from '../../src/cli/program.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { packageVersion } from '../../src/cli/version.ts';
import type { VerdictStatus } from '../../src/model/verdict.ts';
import type { ReportedVerdict, WalkReport } from '../../src/model/walk-report.ts';
import { testEnvironment } from './cli-environment.ts';
import { expectValid } from './schema.ts';

describe('a walk on the command line', () => {
  it('prints text on standard output and nothing else', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['http://127.0.0.1/'], environment)).toBe(1);
    expect(environment.stdout.text).toMatch(/^http:\/\/127\.0\.0\.1\/ .* UTC\nFAILED at tcp: Nothing listens on 127\.0\.0\.1:80/);
    expect(environment.stderr.text).toBe('');
    expect(environment.stdout.text).not.toMatch(/\u001b/);
  });

  it('is the same with the command named', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['walk', 'http://127.0.0.1/', '-q'], environment)).toBe(1);
    expect(environment.stdout.text).toBe('FAILED at tcp: Nothing listens on 127.0.0.1:80: the connection was refused. [tcp.refused]\n');
  });

  it('prints one valid document with --json', async () => {
    const environment = testEnvironment({ stdout: { isTerminal: true } });
    expect(await runProgram(['http://127.0.0.1/', '--json'], environment)).toBe(1);
    const report = JSON.parse(environment.stdout.text) as WalkReport;
    expectValid('walk', report);
    expect(report.tool.version).toBe('1.2.3');
    expect(report.verdict.cause).toBe('tcp.refused');
  });

  it('says what it sees as it sees it with -v where there is no terminal', async () => {
    const environment = testEnvironment();
    await runProgram(['http://127.0.0.1/?token=hunter2-swordfish', '-v'], environment);
    expect(environment.stderr.text).toMatch(/^\+.* ms {2}target {2}http:\/\/127\.0\.0\.1\/\?token=\*\*\*: http/m);
    expect(environment.stderr.text).toMatch(/^\+.* tcp {2}127\.0\.0\.1:80 answered the SYN with a reset/m);
    expect(environment.stdout.text).toContain('Findings');
    expect(environment.stdout.text + environment.stderr.text).not.toContain('hunter2');
  });

  it('colours a terminal', async () => {
    const environment = testEnvironment({ stdout: { isTerminal: true } });
    await runProgram(['http://127.0.0.1/'], environment);
    expect(environment.stdout.text).toContain('\u001b[1;31mFAILED at tcp:\u001b[22;39m');
    const without = testEnvironment({ stdout: { isTerminal: true } });
    await runProgram(['http://127.0.0.1/', '--no-color'], without);
    expect(without.stdout.text).not.toContain('\u001b');
  });
});

describe('a target that is none', () => {
  it.each([
    ['', /^wirewalk: no target: /],
    ['http://ho st/', /^wirewalk: http:\/\/ho st\/: "http:\/\/ho st\/" is not something that can be reached/],
    ['ftp://h/', /The scheme ftp is not one that can be walked/],
    ['https://ann:hunter2@ho st/', /^wirewalk: https:\/\/\*\*\*@ho st\//],
    ['http://a\u001b[2Jb/', /a\\x1b\[2Jb/],
  ])('%j is one line on standard error and exit 2', async (input, line) => {
    const environment = testEnvironment();
    expect(await runProgram([input], environment)).toBe(2);
    expect(environment.stderr.text).toMatch(line);
    expect(environment.stderr.text.trimEnd().split('\n')).toHaveLength(1);
    expect(environment.stderr.text).not.toContain('hunter2');
    expect(environment.stdout.text).toBe('');
  });

  it('gives its document with --json too', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['http://ho st/', '--json'], environment)).toBe(2);
    const report = JSON.parse(environment.stdout.text) as WalkReport;
    expectValid('walk', report);
    expect([report.verdict.status, report.verdict.cause, report.checkpoints.length]).toEqual(['failed', 'target.invalid-url', 8]);
  });
});

describe('Ctrl-C', () => {
  it('ends the walk, prints what was learned, exits 130', async () => {
    const environment = testEnvironment();
    const running = runProgram(['http://slow.test/'], environment);
    setTimeout(() => environment.interrupt(), 50);
    expect(await running).toBe(130);
    expect(environment.stdout.text).toMatch(
      /^UNCLEAR at dns: The walk was interrupted before the addresses of the name could\nbe judged\..*dns {5}unclear: no answer yet/ms,
    );
    expect(environment.exits).toEqual([]);
  });

  it('twice ends the process at once', async () => {
    const environment = testEnvironment();
    const running = runProgram(['http://slow.test/'], environment);
    await new Promise((resolve) => setTimeout(resolve, 50));
    environment.interrupt();
    environment.interrupt();
    expect(environment.exits).toEqual([130]);
    await running;
  });
});

describe('exit codes', () => {
  const reportOf = (status: VerdictStatus): Pick<WalkReport, 'verdict' | 'evidence'> => ({
    verdict: { status } as ReportedVerdict,
    evidence: [],
  });
  it.each<[VerdictStatus, number, number]>([
    ['ok', 0, 0],
    ['degraded', 0, 1],
    ['failed', 1, 1],
    ['unclear', 3, 3],
  ])('%s is %d, with --strict %d', (status, code, strict) => {
    expect([exitCodeOf(reportOf(status), false), exitCodeOf(reportOf(status), true)]).toEqual([code, strict]);
  });
});

describe('errors', () => {
  it('of usage are one line and exit 2', () => {
    expect(describeError(new UsageError('--x', 'no', 'do y'), false)).toEqual({ text: 'wirewalk: --x: no; do y\n', exitCode: 2 });
  });

  it('of this program are one line without secrets and without a stack, exit 70', async () => {
    const broken = { ...testEnvironment(), ports: () => Promise.reject(new Error('secret in https://ann:hunter2@h/ \u001b[2J')) };
    const error = await runProgram(['http://127.0.0.1/'], broken).catch((rejection: unknown) => rejection);
    const { text, exitCode } = describeError(error, false);
    expect(exitCode).toBe(70);
    expect(text).toMatch(/^wirewalk: internal error: Error: secret in https:\/\/\*\*\*@h\/ \\x1b\[2J; please report this .*\n$/);
  });

  it('show their stack, and that of their cause, when asked to', () => {
    const { text } = describeError(new Error('outer', { cause: new Error('inner') }), true);
    expect(text.split('\n').length).toBeGreaterThan(3);
    expect(text).toContain('caused by Error: inner');
  });

  it('that are no errors are said as well', () => {
    expect(describeError('just text', true).text).toContain('internal error: just text;');
  });
});

it('the version is the package’s', () => {
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});

describe('explain on the command line', () => {
  it('prints what a code means', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['explain', 'tls.cert-expired'], environment)).toBe(0);
    expect(environment.stdout.text).toContain("The server's certificate has expired.");
  });

  it('takes a message in several words, dashes included', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['explain', 'curl:', '(7)', 'Connection', 'refused'], environment)).toBe(0);
    expect(environment.stdout.text).toContain('tcp.refused');
  });
});
