import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { acts, demonstrate } from '../../lab/loopback/demonstration.ts';
import { plainStyle } from '../../src/report/style.ts';
import { runCommand } from './command.ts';

const demoFile = fileURLToPath(new URL('../../dist/lab/demo.js', import.meta.url));

it('the demo shows one healthy walk and five verdicts that name what was broken', async () => {
  const run = await runCommand([], { file: demoFile });
  expect([run.exitCode, run.stderr]).toEqual([0, '']);
  const causes = acts.flatMap(({ cause }) => cause ?? []);
  expect(causes).toHaveLength(5);
  const verdicts = run.stdout.split('\n').filter((line) => /^(OK|FAILED)/.test(line));
  expect(verdicts.map((line) => line.split(':')[0])).toEqual([
    'OK',
    'FAILED at dns',
    'FAILED at tcp',
    'FAILED at tls',
    'FAILED at http',
    'FAILED at http',
  ]);
  for (const cause of causes) expect(run.stdout).toMatch(new RegExp(`^${cause}\\b`, 'm'));
  expect(run.stdout).toContain('6 of 6 verdicts');
  expect(run.stdout.split('\n').length).toBeLessThan(70);
});

it('the demo notices a verdict that is not what was broken', async () => {
  let text = '';
  const options = { write: (more: string) => (text += more), style: plainStyle, columns: 80, showsAll: false };
  const swapped = [
    { fault: 'port-closed', says: 'said to be silent', cause: 'tcp.timeout' },
    { fault: 'none', says: 'said to be broken', cause: 'dns.nxdomain' },
    { fault: 'name-missing', says: 'said to be healthy', cause: null },
    { fault: 'name-missing', says: 'said as it is', cause: 'dns.nxdomain' },
  ] as const;
  expect(await demonstrate(swapped, options)).toBe(3);
  expect(text.match(/^WRONG: .*$/gm)).toEqual([
    'WRONG: the verdict should be tcp.timeout.',
    'WRONG: the verdict should be dns.nxdomain.',
    'WRONG: the verdict should be ok.',
  ]);
});
