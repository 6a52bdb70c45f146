import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../architecture/source-tree.ts';

interface LockedPackage {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** Where Node would find `name` from a package's folder, among the locked ones; null when nowhere. */
function locate(packages: LockedPackages, from: string, name: string): string | null {
  for (let folder = from; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
  }
  return packages[`node_modules/${name}`] === undefined ? null : `node_modules/${name}`;
}

/** Dependencies that some package asks for and the lock file does not hold. `npm ci` refuses such a file, optional ones included. */
function missingFrom(packages: LockedPackages): string[] {
  return Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies })
      .filter((name) => locate(packages, path, name) === null)
      .map((name) => `${path === '' ? 'package.json' : path}: ${name}`),
  );
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: LockedPackages };

  it('holds everything that npm ci looks for, for every platform', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(50);
    expect(missingFrom(packages)).toEqual([]);
  });

  it('would be refused without one program of another platform', () => {
    const { 'node_modules/@biomejs/cli-win32-x64': removed, ...rest } = packages;
    expect(removed).toBeDefined();
    expect(missingFrom(rest)).toEqual(['node_modules/@biomejs/biome: @biomejs/cli-win32-x64']);
  });

  it('agrees with package.json', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as LockedPackage;
    const { dependencies, devDependencies, optionalDependencies } = packages[''] ?? {};
    expect({ dependencies, devDependencies, optionalDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      optionalDependencies: manifest.optionalDependencies,
    });
  });
});
