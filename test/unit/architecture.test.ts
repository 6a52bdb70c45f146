import { describe, expect, it } from 'vitest';
import { moduleReferencesOf } from '../architecture/import-scanner.ts';
import { entrances, labCommand, rooms, violationsOf } from '../architecture/rooms.ts';
import { foldersBelow, typescriptFilesBelow } from '../architecture/source-tree.ts';

const files = typescriptFilesBelow('src');

/** What one planted file is objected to for. */
function objections(path: string, source: string): string[] {
  return violationsOf([{ path, source }]).map((violation) => violation.what);
}

describe('the house as it stands', () => {
  it('is really looked at', () => {
    // A floor, so that a wrong path or pattern cannot make the guard pass on nothing. Raise it as the house grows.
    expect(files.length).toBeGreaterThanOrEqual(60);
    const references = files.flatMap((file) => moduleReferencesOf(file.source));
    expect(references.length).toBeGreaterThanOrEqual(150);
    for (const name of ['model', 'wire', 'ports', 'probe', 'diagnose', 'report', 'system']) {
      expect(files.filter((file) => file.path.startsWith(`src/${name}/`)).length, name).toBeGreaterThan(0);
    }
  });

  it('has only rooms and entrances that the table knows', () => {
    for (const folder of foldersBelow('src').filter((path) => path.split('/').length === 2)) {
      expect(Object.keys(rooms), folder).toContain(folder.split('/')[1]);
    }
    for (const file of files.filter(({ path }) => path.split('/').length === 2)) {
      expect(Object.keys(entrances), file.path).toContain(file.path.split('/')[1]);
    }
  });

  it('keeps to the table', () => {
    expect(violationsOf(files)).toEqual([]);
  });
});

describe('the guard catches', () => {
  const names = Object.keys(rooms);
  const pairs = names.flatMap((home) => names.filter((other) => other !== home).map((other) => ({ home, other })));
  const forms = (specifier: string): string[] => [
    `import { x } from '${specifier}';`,
    `import type { X } from '${specifier}';`,
    `import '${specifier}';`,
    `export { x } from '${specifier}';`,
    `export * from '${specifier}';`,
    `const x = await import('${specifier}');`,
    `type X = import('${specifier}').X;`,
  ];

  it.each(pairs)('$home importing $other, unless the table allows it', ({ home, other }) => {
    const allowed = rooms[home]?.rooms.includes(other) === true;
    for (const source of forms(`../${other}/thing.ts`))
      expect(objections(`src/${home}/planted.ts`, source), source).toHaveLength(allowed ? 0 : 1);
    for (const source of forms(`../../${other}/deep/thing.ts`)) {
      expect(objections(`src/${home}/deep/planted.ts`, source), source).toHaveLength(allowed ? 0 : 1);
    }
  });

  it('the forbidden pairs that matter most, whatever the table says', () => {
    for (const [home, other] of [
      ['model', 'wire'],
      ['wire', 'model'],
      ['ports', 'system'],
      ['capture', 'ports'],
      ['probe', 'system'],
      ['probe', 'diagnose'],
      ['diagnose', 'report'],
      ['diagnose', 'probe'],
      ['report', 'system'],
      ['system', 'probe'],
      ['system', 'cli'],
    ]) {
      expect(objections(`src/${home}/planted.ts`, `import { x } from '../${other}/x.ts';`), `${home} -> ${other}`).toHaveLength(1);
    }
  });

  it.each(names)("Node's modules and npm packages in %s, unless it is a room with effects", (home) => {
    const path = `src/${home}/planted.ts`;
    const effects = home === 'system' || home === 'cli';
    for (const module of ['node:fs', 'node:timers/promises', 'fs', 'fs/promises', 'net']) {
      for (const source of forms(module)) expect(objections(path, source), `${home}: ${source}`).toHaveLength(effects ? 0 : 1);
    }
    for (const source of [...forms('left-pad'), ...forms('@scope/left-pad/deep')]) expect(objections(path, source), source).toHaveLength(1);
    expect(objections(path, "import koffi from 'koffi';")).toHaveLength(home === 'system' ? 0 : 1);
    expect(objections(path, "import { Command } from 'commander';")).toHaveLength(home === 'cli' ? 0 : 1);
  });

  const planted: readonly (readonly [what: string, path: string, source: string])[] = [
    ['an unknown room', 'src/gadgets/planted.ts', 'export const x = 1;'],
    ['an unknown file beside the entrances', 'src/planted.ts', 'export const x = 1;'],
    ['a test in an unknown room', 'src/gadgets/planted.test.ts', 'export const x = 1;'],
    ['an import from a room that is not in the table', 'src/cli/planted.ts', "import { x } from '../gadgets/x.ts';"],
    ['the lab from another command', 'src/cli/commands/walk.ts', "const lab = await import('../../../lab/demo.ts');"],
    ['the lab from another room', 'src/probe/planted.ts', "import { x } from '../../lab/demo.ts';"],
    ['the lab at start-up', labCommand, "import { x } from '../../../lab/demo.ts';"],
    ['the lab as a type at start-up', labCommand, "import type { X } from '../../../lab/demo.ts';"],
    ['tests', 'src/cli/planted.ts', "import { x } from '../../test/x.ts';"],
    ['benchmarks', 'src/cli/planted.ts', "export * from '../../bench/x.ts';"],
    ['fixtures', 'src/wire/planted.ts', "import { x } from '../../fixtures/x.ts';"],
    ['a test beside the sources', 'src/wire/planted.ts', "import { x } from './other.test.ts';"],
    ['the entrance from inside', 'src/cli/planted.ts', "import { walk } from '../index.ts';"],
    ['the command line from the entrance', 'src/index.ts', "export { main } from './cli/main.ts';"],
    ['node modules from the entrance', 'src/index.ts', "import 'node:fs';"],
    ['a way out by many steps', 'src/model/planted.ts', "import { x } from '../../../elsewhere/x.ts';"],
    ['an absolute path', 'src/system/planted.ts', "import { x } from '/etc/x.ts';"],
    ['a URL', 'src/system/planted.ts', "import { x } from 'https://example.org/x.ts';"],
    ['an alias', 'src/model/planted.ts', "import { x } from '#system/x';"],
    ['a computed import', 'src/cli/planted.ts', 'const x = await import(name);'],
    ['a concatenated import', 'src/cli/planted.ts', "const x = await import('../' + name);"],
    ['a template import', 'src/cli/planted.ts', `const x = await import(\`../\${name}.ts\`);`],
    ['a plain template import', 'src/model/planted.ts', 'const x = await import(`node:fs`);'],
    ['require', 'src/system/planted.ts', "const x = require('node:fs');"],
    ['a triple-slash reference', 'src/model/planted.ts', '/// <reference types="node" />\nexport const x = 1;'],
    ['an import over several lines', 'src/model/planted.ts', "import {\n  a,\n  type B,\n  c as d,\n} from 'node:fs';"],
    ['a namespace import', 'src/model/planted.ts', "import * as fs from 'node:fs';"],
    ['a default and named import', 'src/model/planted.ts', "import fs, { type Stats } from 'node:fs';"],
    ['a namespace export', 'src/model/planted.ts', "export * as fs from 'node:fs';"],
    ['a type export', 'src/model/planted.ts', "export type { Stats } from 'node:fs';"],
    ['an import without spaces', 'src/model/planted.ts', 'import{a}from"node:fs";'],
    ['an import with attributes', 'src/model/planted.ts', "import x from 'left-pad/package.json' with { type: 'json' };"],
    ['an import among comments', 'src/model/planted.ts', "import /* the */ { a } /* file */ from /* system */ 'node:fs'; // here"],
    ['an import after a string with a comment in it', 'src/model/planted.ts', "const a = '/*';\nimport 'node:fs';\nconst b = '*/';"],
    ['an import after a regular expression with quotes', 'src/model/planted.ts', "const a = /['\"`]/.test(b);\nimport 'node:fs';"],
    ['an import after a division', 'src/model/planted.ts', "const a = b / c; import 'node:fs'; const d = e / f;"],
    ['an import inside a template expression', 'src/model/planted.ts', `const a = \`x \${{ b: await import('node:fs') }} y\`;`],
    ['an import after a nested template', 'src/model/planted.ts', `const a = \`\${b ? \`\${c}\` : '}'}\`;\nimport 'node:fs';`],
    ['an import right after one from the folder itself', 'src/model/planted.ts', "import { a } from '.';\nimport { b } from 'node:fs';"],
  ];

  it.each(planted)('%s', (_what, path, source) => {
    expect(objections(path, source)).toHaveLength(1);
  });

  const nearMisses: readonly (readonly [what: string, path: string, source: string])[] = [
    ['an import within the room', 'src/model/planted.ts', "import type { Cause } from './cause.ts';"],
    ['an import from a deeper folder of the same room', 'src/model/causes/planted.ts', "import type { Cause } from '../cause.ts';"],
    ['a folder that is called like a room, inside another', 'src/probe/system/planted.ts', "import { x } from '../system/x.ts';"],
    ['the lab on demand', labCommand, "const { run } = await import('../../../lab/run.ts');"],
    ['the type of the lab on demand', labCommand, "type Lab = typeof import('../../../lab/run.ts');"],
    ['an import in a comment', 'src/model/planted.ts', "// import { x } from 'node:fs';\n/* import 'node:net'; */ export const x = 1;"],
    ['an import in a string', 'src/model/planted.ts', `export const x = "import 'node:fs'";`],
    ['an import in a template', 'src/model/planted.ts', "export const x = `\nimport 'node:fs';\nexport * from 'node:net';\n`;"],
    ['an import in a regular expression', 'src/model/planted.ts', "export const x = /import 'node:fs'/;"],
    ['a reference in an ordinary comment', 'src/model/planted.ts', '// <reference types="node" />\nexport const x = 1;'],
    ['a method called import', 'src/model/planted.ts', "export const x = loader.import('node:fs');"],
    ['a method called require', 'src/model/planted.ts', "export const x = loader.require('node:fs');"],
    ['the module object', 'src/model/planted.ts', 'export const x = import.meta.url;'],
    ['a field called from', 'src/model/planted.ts', "export const x = { from: 'node:fs' };"],
    ['a word called from', 'src/model/planted.ts', "const from = 'node:fs';\nexport { from };"],
    ['an export without a source', 'src/model/planted.ts', "const a = 1;\nexport { a };\nexport const b = 'node:fs';"],
    [
      'a test that uses what it wants',
      'src/model/planted.test.ts',
      "import { it } from 'vitest';\nimport 'node:fs';\nimport '../system/x.ts';",
    ],
    ['a scoped package that is allowed by its first part only', 'src/system/planted.ts', "import koffi from 'koffi/indirect';"],
  ];

  it.each(nearMisses)('but not %s', (_what, path, source) => {
    expect(objections(path, source)).toEqual([]);
  });

  it('says where', () => {
    expect(violationsOf([{ path: 'src/model/planted.ts', source: "export const x = `\n\n`;\n\nimport 'node:fs';\n" }])).toEqual([
      { path: 'src/model/planted.ts', line: 5, what: "model may not use Node's node:fs" },
    ]);
  });
});
