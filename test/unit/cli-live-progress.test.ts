import { describe, expect, it, vi } from 'vitest';
import { LiveProgress } from '../../src/cli/live-progress.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { createRedactor } from '../../src/report/redact.ts';
import { plainStyle } from '../../src/report/style.ts';
import { type Screen, screen, testEnvironment } from './cli-environment.ts';
import { connected, numbered, target, upTo } from './evidence.ts';

/** What a command needs is loaded when it runs, which takes its time on a busy machine. */
const patienceMs = 20_000;

/** What a terminal shows after these writes: line feeds, carriage returns, cursor up, erase line, erase below. */
function shown(output: string, columns = 80): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [piece, rows, command] of output.matchAll(/\u001b\[(\d*)([AKJm])|[^\u001b]/gu)) {
    if (command === 'A') row = Math.max(0, row - Number(rows));
    else if (command === 'K') lines[row] = '';
    else if (command === 'J') lines.length = Math.max(row, 0) + 1;
    else if (command === 'm') continue;
    else if (piece === '\r') column = 0;
    else if (piece === '\n') {
      row++;
      column = 0;
      lines[row] ??= '';
    } else {
      const line = lines[row] ?? '';
      lines[row] = `${line.slice(0, column).padEnd(column)}${piece}${line.slice(column + 1)}`;
      column++;
      expect(column).toBeLessThanOrEqual(columns);
    }
    if (command === 'J') lines[row] = (lines[row] ?? '').slice(0, column);
  }
  return lines;
}

function progressOn(terminal: Screen): LiveProgress {
  return new LiveProgress(terminal, plainStyle, createRedactor([]), (text) => text);
}

describe('live progress', () => {
  it('has one line for each checkpoint, filling in as facts arrive', () => {
    const terminal = screen({ isTerminal: true });
    const progress = progressOn(terminal);
    progress.observe(numbered(target())[0]!);
    progress.draw();
    const first = shown(terminal.text);
    expect(first.slice(0, 8).map((line) => line.slice(8, 16).trim())).toEqual([
      'target',
      'local',
      'dns',
      'route',
      'tcp',
      'tls',
      'http',
      'page',
    ]);
    expect(first[2]).toMatch(/^ {2}[|/\\-] {5}dns {5}waiting, /);
    for (const observation of numbered(upTo.addresses(), connected())) progress.observe(observation);
    progress.draw();
    const second = shown(terminal.text);
    expect(second).toHaveLength(9);
    expect(second[2]).toContain('203.0.113.10 from 192.168.1.1 in 20 ms');
    expect(second[4]).toContain('connected to 203.0.113.10:443');
    expect(second[5]).toMatch(/tls {5}waiting, /);
  });

  it('leaves nothing behind', () => {
    const terminal = screen({ isTerminal: true });
    const progress = progressOn(terminal);
    progress.draw();
    progress.draw();
    progress.stop();
    expect(shown(terminal.text)).toEqual(['']);
  });

  it('judges nothing', () => {
    const terminal = screen({ isTerminal: true });
    const progress = progressOn(terminal);
    for (const observation of numbered(upTo.page())) progress.observe(observation);
    progress.draw();
    expect(shown(terminal.text).join('\n')).not.toMatch(/\b(ok|FAIL|warn)\b/);
  });

  it('keeps every line shorter than the terminal, so that it can be drawn over', () => {
    const terminal = screen({ isTerminal: true, columns: 30 });
    const progress = progressOn(terminal);
    for (const observation of numbered(upTo.page())) progress.observe(observation);
    progress.draw();
    for (const line of shown(terminal.text, 29)) expect(line.length).toBeLessThan(30);
  });

  it('is not drawn on a terminal too small for it', () => {
    const terminal = screen({ isTerminal: true, rows: 8 });
    progressOn(terminal).draw();
    expect(terminal.text).toBe('');
  });

  it('shows the request that a redirect leads to', () => {
    const terminal = screen({ isTerminal: true });
    const progress = progressOn(terminal);
    for (const observation of numbered(upTo.page(), target('https://next.shop.com/', 1))) progress.observe(observation);
    progress.draw();
    const lines = shown(terminal.text);
    expect(lines[0]).toContain('https, next.shop.com, port 443, after 1 redirect');
    expect(lines[4]).not.toContain('connected');
  });

  it('is drawn on standard error while a walk waits, and gone when it has ended', async () => {
    const environment = testEnvironment({ stderr: { isTerminal: true } });
    const running = runProgram(['http://slow.test/?token=hunter2-swordfish', '--json'], environment);
    await vi.waitFor(() => expect(environment.stderr.text).not.toBe(''), { timeout: patienceMs });
    expect(shown(environment.stderr.text).join('\n')).toMatch(/dns {5}waiting, /);
    environment.interrupt();
    expect(await running).toBe(130);
    expect(shown(environment.stderr.text)).toEqual(['']);
    expect(environment.stderr.text).not.toContain('hunter2');
    expect(JSON.parse(environment.stdout.text).schema).toBe('wirewalk.walk/1');
  });

  it('calls what is internal by the names that the report has for it', async () => {
    const environment = testEnvironment();
    const running = runProgram(['http://slow.test/', '--json', '-v', '--redact', 'strict'], environment);
    await vi.waitFor(() => expect(environment.stderr.text).toContain('resolv.conf'), { timeout: patienceMs });
    environment.interrupt();
    await running;
    const report = JSON.parse(environment.stdout.text) as WalkReport;
    const [resolver] = report.evidence.flatMap((one) => (one.kind === 'local.resolvers' ? one.servers : []));
    expect(report.vantage.addresses[0]).not.toBe(resolver!.address);
    expect(environment.stderr.text).toContain(`resolvers ${resolver!.address} from resolv.conf`);
    expect(environment.stderr.text + environment.stdout.text).not.toContain('192.168.');
  });

  it('shows facts as they may be told', () => {
    const terminal = screen({ isTerminal: true });
    const progress = new LiveProgress(terminal, plainStyle, createRedactor([]), (text) => text.replaceAll('192.168.1.1', '240.0.0.1'));
    for (const observation of numbered(upTo.addresses(), connected())) progress.observe(observation);
    progress.draw();
    expect(shown(terminal.text)[2]).toContain('from 240.0.0.1 in 20 ms');
  });

  it.each([
    ['where there is no terminal', { isTerminal: false }, {}],
    ['on a dumb terminal', { isTerminal: true }, { TERM: 'dumb' }],
  ])('is not drawn %s', async (_, stderr, variables) => {
    const environment = testEnvironment({ stderr, variables });
    const running = runProgram(['http://slow.test/'], environment);
    await new Promise((resolve) => setTimeout(resolve, 300));
    environment.interrupt();
    await running;
    expect(environment.stderr.text).toBe('');
  });
});
