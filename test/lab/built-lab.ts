import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The lab runs as it is published: from `dist/`, which `npm test` and `npm run test:lab` build first. */
export const distFolder: string = fileURLToPath(new URL('../../dist/', import.meta.url));

export const commandFile: string = `${distFolder}src/cli/main.js`;

type Lab = typeof import('../../lab/run/runner.ts') &
  typeof import('../../lab/run/sandbox.ts') &
  typeof import('../../lab/scenarios/registry.ts');

/** The built modules. Throws when nothing was built. */
export async function builtLab(): Promise<Lab> {
  if (!existsSync(commandFile)) throw new Error('dist/ is missing: npm run build');
  const load = async (path: string): Promise<object> => (await import(/* @vite-ignore */ `${distFolder}${path}`)) as object;
  return Object.assign(
    {},
    await load('lab/run/runner.js'),
    await load('lab/run/sandbox.js'),
    await load('lab/scenarios/registry.js'),
  ) as Lab;
}

/** What keeps the lab from running here; empty when nothing does. In continuous integration anything missing is a failure. */
export async function missingHere(): Promise<string[]> {
  const missing = await (await builtLab()).missingPrerequisites();
  if (missing.length > 0 && process.env.CI) throw new Error(`the lab cannot run: ${missing.join('; ')}`);
  return missing;
}
