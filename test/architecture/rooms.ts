import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { moduleReferencesOf } from './import-scanner.ts';

/** What one room of the house may depend on. */
export interface Room {
  /** Other rooms it may import. */
  rooms: readonly string[];
  /** Whether it may import Node's own modules. */
  node: boolean;
  /** npm packages it may import. */
  packages: readonly string[];
}

/** The house: every folder of `src` and what it may import. A folder that is missing here fails the guard. */
export const rooms: Readonly<Record<string, Room>> = {
  model: { rooms: [], node: false, packages: [] },
  wire: { rooms: [], node: false, packages: [] },
  ports: { rooms: ['model', 'wire'], node: false, packages: [] },
  capture: { rooms: ['model', 'wire'], node: false, packages: [] },
  page: { rooms: ['model'], node: false, packages: ['parse5', '@csstools/css-tokenizer', 'tldts'] },
  probe: { rooms: ['model', 'wire', 'ports', 'page'], node: false, packages: [] },
  diagnose: { rooms: ['model'], node: false, packages: [] },
  report: { rooms: ['model'], node: false, packages: [] },
  system: { rooms: ['model', 'wire', 'ports'], node: true, packages: ['koffi', 'fflate', 'fzstd', 'chrome-remote-interface'] },
  cli: {
    rooms: ['model', 'wire', 'ports', 'capture', 'page', 'probe', 'diagnose', 'report', 'system'],
    node: true,
    packages: ['commander'],
  },
};

/** Files directly in `src`, by name: the public face of the package, and the globals of the pure rooms. */
export const entrances: Readonly<Record<string, Room>> = {
  'index.ts': { rooms: ['model', 'wire', 'ports', 'capture', 'page', 'probe', 'diagnose', 'report', 'system'], node: false, packages: [] },
  'pure-globals.d.ts': { rooms: [], node: false, packages: [] },
};

/** The one file that may load the lab, and only on demand. */
export const labCommand = 'src/cli/commands/lab.ts';

/** Rooms without effects: compiled by tsconfig.pure.json. */
export const pureRooms: readonly string[] = Object.keys(rooms).filter((name) => rooms[name]?.node === false);

/** One source file: path from the repository's root with forward slashes, and text. */
export interface SourceFile {
  path: string;
  source: string;
}

export interface Violation {
  path: string;
  line: number;
  what: string;
}

const isTest = (path: string): boolean => path.endsWith('.test.ts');

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** Why a file of `home` may not refer to `specifier`, or null. */
function objection(path: string, home: string, room: Room, specifier: string, form: string): string | null {
  if (isNodeModule(specifier)) return room.node ? null : `${home} may not use Node's ${specifier}`;
  if (!specifier.startsWith('.')) {
    if (specifier.startsWith('/') || specifier.startsWith('#') || specifier.includes(':'))
      return `${specifier} is neither relative nor a package`;
    return room.packages.includes(packageOf(specifier)) ? null : `${home} may not use the package ${packageOf(specifier)}`;
  }
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  const [top, name, ...inside] = target.split('/');
  if (top === 'lab') {
    if (path !== labCommand) return `only ${labCommand} may load the lab`;
    return form === 'dynamic' ? null : 'the lab is loaded on demand only: import()';
  }
  if (top !== 'src' || name === undefined) return `src may not import ${target}, which is outside of src`;
  if (isTest(target)) return `${target} is a test`;
  if (inside.length === 0) return home === name ? null : `${target} is an entrance, nothing inside imports it`;
  if (name === home) return null;
  if (rooms[name] === undefined) return `${name} is no room of the table`;
  return room.rooms.includes(name) ? null : `${home} may not import ${name}`;
}

/** Every breach of the table. Tests beside the sources (`*.test.ts`) are bound by nothing but having a room. */
export function violationsOf(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = [];
  for (const { path, source } of files) {
    const [, home = '', ...inside] = path.split('/');
    const room = inside.length === 0 ? entrances[home] : rooms[home];
    if (room === undefined) {
      violations.push({ path, line: 1, what: `${home} is no room of the table` });
      continue;
    }
    if (isTest(path)) continue;
    for (const { specifier, form, line } of moduleReferencesOf(source)) {
      if (form === 'triple-slash') violations.push({ path, line, what: 'triple-slash references bring in types past the table' });
      else if (form === 'require') violations.push({ path, line, what: 'require() is not used here' });
      else if (specifier === null) violations.push({ path, line, what: 'a computed import() cannot be checked' });
      else {
        const what = objection(path, home, room, specifier, form);
        if (what !== null) violations.push({ path, line, what });
      }
    }
  }
  return violations;
}
