import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { commandPages } from '../../src/cli/command-tree.ts';
import { renderCompletion, shells } from '../../src/cli/completion.ts';
import { commandsFor, runProgram } from '../../src/cli/program.ts';
import { names } from '../../src/report/explanation.ts';
import { testEnvironment } from './cli-environment.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const pages = commandPages(commandsFor(testEnvironment(), () => {}));
const bash = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path)) ?? null;

/** What bash offers for a line whose last word is being typed. */
function offered(line: string): string[] {
  const script = `${renderCompletion('bash', pages, { explain: names, completion: shells })}
COMP_WORDS=(${line}${line.endsWith(' ') ? " ''" : ''}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _wirewalk; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync(bash!, ['-c', script], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((word) => word !== '');
}

describe('completion', () => {
  it.each(shells)('knows every command and every option: %s', (shell) => {
    const script = renderCompletion(shell, pages);
    for (const page of pages.slice(1)) expect(script).toContain(page.name);
    for (const option of pages.flatMap((page) => page.options)) {
      const name = shell === 'fish' ? option.long?.slice(2) : (option.long ?? option.short);
      if (name !== undefined && name !== null) expect(script).toContain(name);
    }
  });

  it('is printed by the command', async () => {
    const environment = testEnvironment();
    expect(await runProgram(['completion', 'fish'], environment)).toBe(0);
    expect(environment.stdout.text).toMatch(/^complete -c wirewalk .* -l markdown -r -F /m);
    expect(environment.stdout.text).toMatch(/^complete -c wirewalk -n '__fish_seen_subcommand_from explain' -a '.*tls\.cert-expired/m);
    expect(environment.stdout.text).toMatch(/^complete -c wirewalk -n '__fish_seen_subcommand_from lab' -a 'list up run shell down'/m);
    await expect(runProgram(['completion', 'tcsh'], testEnvironment())).rejects.toThrow(/bash, zsh, fish/);
  });

  it.skipIf(bash === null)('works in bash', () => {
    expect(offered('wirewalk com')).toEqual(expect.arrayContaining(['compare', 'completion']));
    expect(offered('wirewalk --mark')).toEqual(['--markdown']);
    expect(offered('wirewalk https://h/ --users ')).toEqual(['all', 'some', 'one']);
    expect(offered('wirewalk compare --js')).toEqual(['--json']);
    expect(offered('wirewalk lab --qu')).toEqual(['--quiz']);
    expect(offered('wirewalk explain tls.cert-')).toEqual(['tls.cert-expired', 'tls.cert-not-yet-valid']);
    expect(offered('wirewalk explain ERR_CERT_DA')).toEqual(['ERR_CERT_DATE_INVALID']);
    expect(offered('wirewalk completion ')).toEqual([...shells]);
  });
});
