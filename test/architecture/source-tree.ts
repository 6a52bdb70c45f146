import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './rooms.ts';

/** The repository's root. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Entries below a folder of the repository, `node_modules` left out; empty when the folder does not exist. */
function entriesBelow(folder: string): Dirent[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter(
      (entry) => !entry.parentPath.split(sep).includes('node_modules'),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function pathOf(entry: Dirent): string {
  return relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
}

/** Every TypeScript file below a folder, read, in path order. */
export function typescriptFilesBelow(folder: string): SourceFile[] {
  return entriesBelow(folder)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => ({ path: pathOf(entry), source: readFileSync(join(entry.parentPath, entry.name), 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths of every folder below a folder. */
export function foldersBelow(folder: string): string[] {
  return entriesBelow(folder)
    .filter((entry) => entry.isDirectory())
    .map(pathOf);
}
