/**
 * Compiles data/address-owners.bin, which says whose an address is, from the CSV files of @ip-location-db/asn (docs/decisions on the owner table).
 * Its layout is in src/wire/owner-table.ts. Does nothing when the file is of the installed version already.
 *
 *   node scripts/owner-table.mjs
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = new URL('..', import.meta.url);
const source = new URL('node_modules/@ip-location-db/asn/', repository);
const target = fileURLToPath(new URL('data/address-owners.bin', repository));
const magic = 'WWOWNER1';
const title = 'RouteViews and DB-IP';
const headerBytes = 64;
const noSystem = 0xffffff;

if (!existsSync(source)) {
  const message =
    'owner-table: @ip-location-db/asn is not installed: npm ci. Without data/address-owners.bin nobody knows whose an address is.';
  console.error(message);
  process.exit(process.env.CI === undefined ? 0 : 1);
}
const { version } = JSON.parse(readFileSync(new URL('package.json', source), 'utf8'));
/** `2.3.2026061719`: the day is in the last part. */
const date = /\.(\d{8})\d*$/.exec(version)?.[1];
if (date === undefined) throw new Error(`the version ${version} of @ip-location-db/asn has no date`);
if (!isCurrent()) compile();

function isCurrent() {
  if (!existsSync(target)) return false;
  const head = readFileSync(target).subarray(0, headerBytes);
  return head.toString('latin1', 0, 8) === magic && head.readUInt32LE(8) === Number(date);
}

function compile() {
  const systems = new Map();
  const ipv4 = boundaries(rowsOf('asn-ipv4-num.csv', systems), 1n << 32n);
  // Networks longer than /64 are nobody's announcement; their part of the /64 goes to whoever has the rest.
  const whole = rowsOf('asn-ipv6-num.csv', systems).filter(({ start }) => (start & 0xffffffffffffffffn) === 0n);
  const ipv6 = boundaries(
    whole.map((row) => ({ ...row, start: row.start >> 64n, end: row.end >> 64n })),
    1n << 64n,
  );
  const numbers = [...systems.keys()].sort((one, other) => one - other);
  const indexOf = new Map(numbers.map((number, index) => [number, index]));
  const { offsets, bytes } = nameBytes(numbers.map((number) => systems.get(number)));

  const buckets = Buffer.alloc(4 * 65_537);
  const rows4 = Buffer.alloc(5 * ipv4.length);
  let bucket = 0;
  ipv4.forEach(({ start, system }, index) => {
    const value = Number(start);
    while (bucket <= value >>> 16) buckets.writeUInt32LE(index, 4 * bucket++);
    rows4.writeUInt16LE(value & 0xffff, 5 * index);
    rows4.writeUIntLE(system === null ? noSystem : indexOf.get(system), 5 * index + 2, 3);
  });
  while (bucket <= 65_536) buckets.writeUInt32LE(ipv4.length, 4 * bucket++);

  const rows6 = Buffer.alloc(11 * ipv6.length);
  ipv6.forEach(({ start, system }, index) => {
    rows6.writeUInt32LE(Number(start >> 32n), 11 * index);
    rows6.writeUInt32LE(Number(start & 0xffffffffn), 11 * index + 4);
    rows6.writeUIntLE(system === null ? noSystem : indexOf.get(system), 11 * index + 8, 3);
  });

  const records = Buffer.alloc(7 * numbers.length);
  numbers.forEach((number, index) => {
    records.writeUInt32LE(number, 7 * index);
    records.writeUIntLE(offsets[index], 7 * index + 4, 3);
  });

  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(Number(date), 8);
  [ipv4.length, ipv6.length, numbers.length, bytes.length].forEach((count, index) => {
    header.writeUInt32LE(count, 12 + 4 * index);
  });
  header.write(title, 28, 36, 'latin1');
  mkdirSync(new URL('data/', repository), { recursive: true });
  // Builds may run at the same time: nobody reads half a file.
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, Buffer.concat([header, buckets, rows4, rows6, records, bytes]));
  renameSync(draft, target);
  console.log(`owner-table: ${ipv4.length} + ${ipv6.length} networks of ${numbers.length} systems, of ${date}`);
}

function rowsOf(file, systems) {
  const text = readFileSync(new URL(file, source), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = /^(\d+),(\d+),(\d+),(.*)$/.exec(line);
      if (fields === null) throw new Error(`${file}: not understood: ${line}`);
      const system = Number(fields[3]);
      const name = fields[4]
        .replace(/^"(.*)"$/, '$1')
        .replaceAll('""', '"')
        .trim();
      if (!systems.has(system) || name !== '') systems.set(system, name);
      return { start: BigInt(fields[1]), end: BigInt(fields[2]), system };
    });
}

/** Where who announces it changes, in order; null where nobody does. */
function boundaries(rows, limit) {
  const sorted = [...rows].sort((one, other) => (one.start < other.start ? -1 : one.start > other.start ? 1 : 0));
  const found = [];
  const add = (start, system) => {
    if (found.at(-1)?.system !== system) found.push({ start, system });
  };
  let next = 0n;
  for (const { start, end, system } of sorted) {
    if (start < next) continue;
    if (start > next) add(next, null);
    add(start, system);
    next = end + 1n;
  }
  if (next < limit) add(next, null);
  return found;
}

/** Names, each once, with a length before it. */
function nameBytes(names) {
  const known = new Map();
  const parts = [];
  let length = 0;
  const offsets = names.map((name) => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    let text = Buffer.from(name, 'utf8');
    while (text.length > 255) text = Buffer.from([...text.toString('utf8')].slice(0, -1).join(''), 'utf8');
    const offset = length;
    known.set(name, offset);
    parts.push(Buffer.from([text.length]), text);
    length += 1 + text.length;
    return offset;
  });
  if (length > 0xffffff) throw new Error('the names do not fit');
  return { offsets, bytes: Buffer.concat(parts) };
}
