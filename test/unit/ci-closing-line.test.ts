import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../architecture/source-tree.ts';

describe('the closing line of continuous integration', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirewalk-closing-line-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function closing(report: unknown, exitStatus = 0): { status: number | null; line: string } {
    const path = join(folder, 'report.json');
    writeFileSync(path, typeof report === 'string' ? report : JSON.stringify(report));
    const parameters = [join(root, '.ci', 'closing-line.mjs'), path, String(exitStatus)];
    const { status, stdout } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
    return { status, line: stdout.trimEnd() };
  }
  const file = (status: string, ...tests: string[]): unknown => ({ status, assertionResults: tests.map((test) => ({ status: test })) });

  it('counts what passed', () => {
    expect(closing({ testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed')] })).toEqual({
      status: 0,
      line: '3 passed, 0 failed',
    });
  });

  it('names skipped and todo tests', () => {
    expect(closing({ testResults: [file('passed', 'passed', 'skipped', 'pending', 'todo')] })).toEqual({
      status: 0,
      line: '1 passed, 0 failed, 3 skipped',
    });
  });

  it('fails with a failed test', () => {
    expect(closing({ testResults: [file('failed', 'passed', 'failed', 'failed')] })).toEqual({
      status: 1,
      line: '1 passed, 2 failed',
    });
  });

  it('fails with a file that did not load', () => {
    expect(closing({ testResults: [file('passed', 'passed'), file('failed')] })).toEqual({
      status: 1,
      line: '1 passed, 1 failed',
    });
  });

  it('fails with an error outside of any test', () => {
    expect(closing({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ status: 1, line: '1 passed, 1 failed' });
  });

  it('fails when nothing ran', () => {
    expect(closing({ testResults: [] })).toEqual({ status: 1, line: '0 passed, 0 failed' });
    expect(closing({ testResults: [file('passed', 'skipped')] })).toEqual({
      status: 1,
      line: '0 passed, 0 failed, 1 skipped',
    });
  });

  it('fails without a report', () => {
    expect(closing('', 1)).toEqual({ status: 1, line: '0 passed, 1 failed' });
    expect(closing('')).toEqual({ status: 1, line: '0 passed, 0 failed' });
    expect(closing({})).toEqual({ status: 1, line: '0 passed, 0 failed' });
  });
});
