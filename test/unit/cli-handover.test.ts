import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askIntake } from '../../src/cli/ask-intake.ts';
import { intakeOf, parseSince } from '../../src/cli/options/intake.ts';
import { runProgram } from '../../src/cli/program.ts';
import { screen, testEnvironment } from './cli-environment.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewalk-handover-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('documents of a walk', () => {
  it('are written from one walk, beside the text', async () => {
    const environment = testEnvironment();
    const file = (name: string): string => join(folder, name);
    const words = ['http://127.0.0.1/', '--markdown', file('sheet.md'), '--note', file('note.txt'), '--reporter', 'Ann', '--users', 'all'];
    expect(await runProgram(words, environment)).toBe(1);
    expect(environment.stdout.text).toContain('FAILED at tcp');
    const worksheet = readFileSync(file('sheet.md'), 'utf8');
    expect(worksheet).toContain('# FAILED at tcp');
    expect(worksheet).toContain('| Reported by | `Ann` |');
    expect(worksheet).toContain('Outcome: **refused**');
    expect(readFileSync(file('note.txt'), 'utf8')).toMatch(/^First failing step: tcp: /m);
  });

  it.each([
    ['walk', /public resolvers are asked/],
    ['read', /^(?!.*resolvers)/s],
  ])('say in the help of %s whom a bundle makes ask', async (command, expected) => {
    const environment = testEnvironment();
    expect(await runProgram([command, '--help'], environment)).toBe(0);
    expect(environment.stdout.text.replaceAll(/\s+/g, ' ')).toMatch(expected);
  });

  it('go to standard output in place of the text', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['http://127.0.0.1/', '--markdown', '-'], environment)).toBe(1);
    expect(environment.stdout.text).toMatch(/^# FAILED at tcp: /);
    expect(environment.stdout.text).not.toContain('  FAIL  tcp');
  });

  it.each([
    [['--markdown', '-', '--json'], /--json and --markdown -: standard output takes one document/],
    [['--markdown', '-', '--note', '-'], /standard output takes one document/],
    [['--markdown', '/no/such/folder/sheet.md'], /its folder does not exist/],
    [['--markdown', '/tmp'], /it is a folder/],
    [['--since', 'yesterday'], /not a time with its zone/],
    [['--since', '2026-11-27T09:30'], /not a time with its zone/],
    [['--users', 'many'], /many/],
    [['--intake'], /no terminal to ask on/],
  ])('%j cannot be used, and nothing is sent', async (words, message) => {
    const environment = testEnvironment();
    await expect(runProgram(['http://127.0.0.1/', ...words], environment)).rejects.toThrow(message);
    expect(environment.madeWith).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('says what could not be written, and ends with the code for it', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['http://127.0.0.1/', '-q', '--note', '/dev/full'], environment)).toBe(70);
    expect(environment.stderr.text).toBe('wirewalk: /dev/full: it could not be written (ENOSPC)\n');
    expect(environment.stdout.text).toContain('FAILED at tcp');
  });

  it('is not written for what is no target', async () => {
    const environment = testEnvironment();
    const file = join(folder, 'none.md');
    expect(await runProgram(['ftp://h/', '--markdown', file], environment)).toBe(2);
    expect(existsSync(file)).toBe(false);
  });
});

describe('the intake', () => {
  it('reads times with a zone', () => {
    expect(parseSince('2026-11-27 09:30+01:00')).toBe('2026-11-27T09:30+01:00');
    expect(parseSince('2026-11-27t08:30:00z')).toBe('2026-11-27T08:30:00Z');
    expect(() => parseSince('2026-13-27T08:30Z')).toThrow(/zone/);
  });

  it('is nothing when nothing was told', () => {
    expect(intakeOf({})).toBeNull();
    expect(intakeOf({ place: 'Lyon' })).toMatchObject({ place: 'Lyon', reporter: null, urls: [] });
  });

  it('is asked for what no option told, and asks again for what cannot be used', async () => {
    const told = intakeOf({ reporter: 'Ann' });
    const output = screen();
    const typed = Readable.from(['blank page\n\nVPN\nyester', 'day\n2026-11-27T09:30+01:00\nsome\n']);
    const intake = await askIntake(told, typed, output);
    expect(intake).toMatchObject({
      symptom: 'blank page',
      reporter: 'Ann',
      place: null,
      network: 'VPN',
      since: '2026-11-27T09:30+01:00',
      users: 'some',
      pages: null,
    });
    expect(output.text).not.toContain('Who reported it?');
    expect(output.text).toContain('not a time with its zone');
  });
});
