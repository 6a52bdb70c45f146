import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../architecture/source-tree.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

/** The examples of README.md: scenario, what is read of it, and what is shown; `[...]` stands for lines that are left out. */
const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/`lab up ([\w-]+)`([^\n]*)\n\n```text\n([\s\S]*?)```/g)].map(
  ([, id = '', how = '', text = '']) => ({
    id,
    file: /wirewalk read (\S+\.pcap)/.exec(how)?.[1] ?? 'walk.json',
    options: how.includes('`-v`') ? ['-v'] : [],
    lines: text.split('\n').filter((line) => line.trim() !== '' && line !== '[...]'),
  }),
);

/** A line without what differs from run to run: times, dates, keys, numbers of packets, which of the site's addresses, which root server. */
function lasting(line: string): string {
  return line
    .replaceAll(/\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2} UTC)?/g, 'DATE')
    .replaceAll(/\d+(?:\.\d+)? ?(?:ms|s)\b/g, '')
    .replaceAll(/\b(key|frame|tcp\.port ==|e(?=\d)) ?\d+/g, '$1 N')
    .replaceAll(/\d[\d,]* (packets|bytes|days|%)/g, 'N $1')
    .replaceAll(/\[?2001:db8:113:1::10\]?|203\.0\.113\.1[01]/g, 'SITE')
    .replaceAll(/\b[a-m]\.root-servers\.net/g, 'ROOT')
    .replaceAll(/\b(?:9\.9\.9\.9|8\.8\.8\.8|1\.1\.1\.1)\b/g, 'PUBLIC')
    .replaceAll(/\bns[12]\./g, 'NS.')
    .replace(/^x\d+ .*/, 'EXCHANGE')
    .replace(/extended error.*/, 'extended error')
    .replaceAll(/ \+\d(?= )|…$/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe.skipIf(missing.length > 0)('the examples of README.md', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewalk-readme-'));
    const { runScenarios, allScenarios } = await builtLab();
    const chosen = allScenarios.filter(({ id }) => examples.some((example) => example.id === id));
    const outcomes = await runScenarios(chosen, { jobs: 2, keepFolder: folder });
    for (const { scenario, reasons } of outcomes) expect(reasons, scenario.id).toEqual([]);
  }, 200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are five', () => {
    expect(examples).toHaveLength(5);
    for (const { lines } of examples) expect(lines.length).toBeGreaterThan(5);
  });

  it.each(examples)('$id: every line is printed today', ({ id, file, options, lines }) => {
    const program = join(root, 'dist/src/cli/main.js');
    const printed = spawnSync(process.execPath, [program, 'read', file, ...options], { cwd: join(folder, id), encoding: 'utf8' });
    const known = printed.stdout.split('\n').map(lasting);
    // A line that is cut short is cut elsewhere when a time before it is longer.
    const isPrinted = (line: string): boolean =>
      known.some((one) => one === lasting(line) || (line.endsWith('…') && one !== '' && one.slice(0, 40) === lasting(line).slice(0, 40)));
    expect(lines.filter((line) => !isPrinted(line))).toEqual([]);
  });
});
