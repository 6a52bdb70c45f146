import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { wholeFile } from '../../bench/whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'whole-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file that a bench makes', () => {
  it('is not there when making it failed, and is made by the next run', async () => {
    const path = join(folder, 'recorded.pcap');
    const fails = wholeFile(path, (part) => {
      writeFileSync(part, 'half of it');
      throw new Error('the recorder ended');
    });
    await expect(fails).rejects.toThrow('the recorder ended');
    expect(existsSync(path)).toBe(false);
    await wholeFile(path, (part) => {
      expect(part).toMatch(/\.pcap$/);
      writeFileSync(part, 'all of it');
    });
    await wholeFile(path, () => expect.unreachable('it is there'));
    expect(readFileSync(path, 'utf8')).toBe('all of it');
  });
});
