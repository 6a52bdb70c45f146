import { describe, expect, it } from 'vitest';
import { foldersBelow, typescriptFilesBelow } from '../architecture/source-tree.ts';

const folders = ['src', 'lab', 'test', 'bench', 'fixtures'];

/** Names that say nothing about what is inside. */
const emptyNames = /^(?:utils?|utilities|helpers?|common|misc|shared)$/;

const longestFileLines = 400;

/** Product files above the usual length, and why that is right for them; a folder stands for the files in it. */
const longFiles: Readonly<Record<string, string>> = {
  'src/model/causes/': 'data: one entry per cause, read by its code',
  'lab/scenarios/': 'data: one entry per scenario, read by its name',
};

/** Marks of unfinished work; put together here so that this file does not hold one. */
const unfinished = new RegExp(`\\b(?:${['TO', 'FIX'].map((half, index) => half + ['DO', 'ME'][index]).join('|')}|X{3})\\b`);

const lineCount = (source: string): number => source.split('\n').length - 1;
const isTest = (path: string): boolean => path.endsWith('.test.ts');

describe('the house', () => {
  const files = folders.flatMap(typescriptFilesBelow);

  it('has no folder or file whose name says nothing', () => {
    const names = [...folders.flatMap(foldersBelow), ...files.map((file) => file.path.replace(/(?:\.test|\.d)?\.ts$/, ''))];
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((path) => path.split('/').some((part) => emptyNames.test(part)))).toEqual([]);
    for (const name of ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared']) expect(name).toMatch(emptyNames);
    for (const name of ['utilisation', 'commons', 'shared-secret']) expect(name).not.toMatch(emptyNames);
  });

  it('keeps its files short, or says why not', () => {
    const long = files
      .filter(({ path, source }) => /^(?:src|lab)\//.test(path) && !isTest(path) && lineCount(source) > longestFileLines)
      .map((file) => file.path);
    const listed = (path: string): boolean =>
      Object.keys(longFiles).some((entry) => path === entry || (entry.endsWith('/') && path.startsWith(entry)));
    expect(
      long.filter((path) => !listed(path)),
      'split it, or list it with its reason',
    ).toEqual([]);
    // A file that became short again leaves the table.
    expect(Object.keys(longFiles).filter((entry) => entry.endsWith('.ts') && !long.includes(entry))).toEqual([]);
    for (const reason of Object.values(longFiles)) expect(reason).toMatch(/\S{3}/);
  });

  it('leaves no mark of unfinished work', () => {
    expect(files.filter(({ source }) => unfinished.test(source)).map((file) => file.path)).toEqual([]);
    expect(`// TO${'DO'}: later`).toMatch(unfinished);
    expect(`/* FIX${'ME'} */`).toMatch(unfinished);
  });

  it('skips and focuses no test', () => {
    const marked = /\b(?:it|test|describe)\.(?:skip|todo|only)\b/;
    expect(files.filter(({ path, source }) => isTest(path) && marked.test(source)).map((file) => file.path)).toEqual([]);
  });
});
