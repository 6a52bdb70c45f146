import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCaptures } from '../../fixtures/captures/make/collection.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { schemaErrors } from '../unit/schema.ts';
import { runCommand } from './command.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-damaged-'));
afterAll(() => rmSync(directory, { recursive: true }));

const { bytes } = ownCaptures().find(({ name }) => name === 'everything.pcapng')!;
const packed = gzipSync(bytes, { level: 0 });
const wholeChecksum = packed.subarray(0, -8);

/** What is wrong with the file, its bytes, where the report says that it ends, and in which words. */
const rows: [string, Uint8Array, ReadReport['captures'][number]['damage'], RegExp | null][] = [
  ['is sound', packed, null, null],
  // Every packet is there, so that nothing else shows that more may have been.
  [
    'lacks the end of its compression',
    wholeChecksum,
    { atByte: bytes.length, reason: 'bad-compression' },
    /compressed data are damaged or end early/,
  ],
  [
    'has another checksum',
    Uint8Array.from([...wholeChecksum, 1, 2, 3, 4, ...packed.subarray(-4)]),
    { atByte: bytes.length, reason: 'bad-compression' },
    /compressed data are damaged or end early/,
  ],
  ['ends within a packet', gzipSync(bytes.subarray(0, -6)), { atByte: expect.any(Number), reason: 'cut-short' }, /ends within a packet/],
];

describe('a compressed capture', () => {
  it.each(rows)('that %s', async (_, content, damage, words) => {
    const file = join(directory, 'capture.pcapng.gz');
    writeFileSync(file, content);
    const { stdout, exitCode } = await runCommand(['read', '--json', file]);
    const report = JSON.parse(stdout) as ReadReport;
    expect(schemaErrors('read', report)).toEqual([]);
    expect(report.captures[0]?.damage).toEqual(damage);
    expect(report.captures[0]?.packets).toBeGreaterThan(0);
    expect(exitCode).toBe(1);
    const text = (await runCommand(['read', file])).stdout.replaceAll(/\s+/g, ' ');
    if (words === null) expect(text).not.toMatch(/compressed data|the file (ends|is damaged)/i);
    else expect(text).toMatch(words);
  });
});
