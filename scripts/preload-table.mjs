/**
 * Compiles data/preloaded-names.bin, the names that browsers reach by https alone, from the Python package `hstspreload`, which carries Chromium's list.
 * Its layout is in src/wire/preload-table.ts. The file is committed, so that a build needs no download; to renew it:
 *
 *   npm run build && pip download hstspreload --no-deps --dest /tmp/list && unzip -d /tmp/list /tmp/list/hstspreload-*.whl
 *   node scripts/preload-table.mjs /tmp/list/hstspreload
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePreloadTable, openPreloadTable } from '../dist/src/wire/preload-table.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/preload-table.mjs FOLDER_OF_HSTSPRELOAD');
const target = fileURLToPath(new URL('../data/preloaded-names.bin', import.meta.url));
const program = readFileSync(`${folder}/__init__.py`, 'utf8');
const list = readFileSync(`${folder}/hstspreload.bin`);
const isLeaf = 0x80;
const includesSubdomains = 0x40;

const [, year, month, day] = /^__version__ = "(\d{4})\.(\d{1,2})\.(\d{1,2})"/m.exec(program) ?? [];
if (day === undefined) throw new Error('the package says no version that is a date');
const entries = [];
/** Top-level domains whose every name is in the list stand in the program alone. */
for (const [, name] of /^_GTLD_INCLUDE_SUBDOMAINS = \{(.*?)\}/m.exec(program)?.[1].matchAll(/b'([^']+)'/g) ?? [])
  entries.push({ name, includesSubdomains: true });
if (entries.length === 0) throw new Error('no top-level domains were found in the package');
/** One entry after the other: flags, length, and a whole name at the leaves, one label elsewhere. */
for (let at = 0; at < list.length; at += 2 + list[at + 1]) {
  if ((list[at] & isLeaf) === 0) continue;
  const name = list.toString('latin1', at + 2, at + 2 + list[at + 1]);
  entries.push({ name, includesSubdomains: (list[at] & includesSubdomains) !== 0 });
}
const bytes = encodePreloadTable(Number(`${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`), entries);
const table = openPreloadTable(bytes);
const lost = entries.filter(({ name }) => table?.find(name) === null);
if (table === null || lost.length > 0) throw new Error(`the table does not hold what it was made of: ${lost.length} names`);
writeFileSync(target, bytes);
console.log(`preload-table: ${entries.length} names, ${table.count} kept apart, of ${table.date}, ${bytes.length} bytes`);
