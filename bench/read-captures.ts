import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBulkCapture, writeShortFlowsCapture } from './capture-files.ts';
import { versionOf } from './opponent.ts';
import { recordShortFlows } from './recorded-flows.ts';
import { wholeFile } from './whole-file.ts';

/**
 * Reads the same captures as other programs do, in turns, each run preceded by an untimed read of the file, and prints wall times and peak memory (in
 * runs of their own) as ratios: a table, then one line of JSON. Exits 1 when a target is missed. The captures stay in WIREWALK_BENCH_FOLDER, default a
 * folder for temporary files. Decoding every field of the downloads takes tshark five minutes, so both read the first part of them only. The short
 * requests with targets are recorded from real servers; those of many hosts are written by the bench, and only shown.
 */

const command = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const folder = process.env.WIREWALK_BENCH_FOLDER ?? join(tmpdir(), 'wirewalk-bench-captures');
const bulkBytes = 1.1e9;
/** Requests of the recorded capture: with their lookups, more than 200,000 conversations. */
const recordedFlows = 110_000;
const manyFlows = 220_000;
const pollMs = 4;
const partBytes = 1e8;

interface Contender {
  name: string;
  words: readonly string[];
  runs: number;
  /** How many times faster we have to be, and how much less memory we may take; null where it is only shown. */
  target: { faster?: number; smaller?: number } | null;
}

/** Runs a program to its end, its output thrown away: its wall time in milliseconds. Throws unless it exits with 0, or 1 or 3: verdicts are exit codes too. */
function wallMs(words: readonly string[], started: (pid: number) => void = () => {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const nowhere = openSync('/dev/null', 'w');
    const startedMs = performance.now();
    const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', nowhere, 'ignore'] });
    closeSync(nowhere);
    if (child.pid !== undefined) started(child.pid);
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 || code === 1 || code === 3) resolve(performance.now() - startedMs);
      else reject(new Error(`${words.join(' ')}: exit ${code}`));
    });
  });
}

/** VmHWM of a program, in a run of its own: looking takes time from it. */
async function peakBytes(words: readonly string[]): Promise<number> {
  let peak = 0;
  let poll: NodeJS.Timeout | undefined;
  const look = (pid: number): void => {
    try {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (kilobytes !== undefined) peak = Number(kilobytes) * 1024;
    } catch {
      // It has ended.
    }
  };
  try {
    await wallMs(words, (pid) => {
      poll = setInterval(look, pollMs, pid);
    });
  } finally {
    clearInterval(poll);
  }
  return peak;
}

const fields = [
  ...[
    'frame.number',
    'frame.time_epoch',
    'frame.len',
    'ip.src',
    'ip.dst',
    'ipv6.src',
    'ipv6.dst',
    'tcp.stream',
    'tcp.srcport',
    'tcp.dstport',
  ],
  ...['tcp.flags', 'tcp.seq', 'tcp.ack', 'tcp.len', 'tcp.analysis.retransmission', 'tcp.analysis.out_of_order', 'tcp.analysis.initial_rtt'],
  ...['dns.qry.name', 'dns.flags.rcode', 'dns.time', 'tls.handshake.extensions_server_name', 'tls.alert_message.desc'],
  ...['http.request.uri', 'http.response.code'],
].flatMap((field) => ['-e', field]);

function peers(file: string, isBulk: boolean): Contender[] {
  const plain = isBulk ? ['-o', 'tcp.desegment_tcp_streams:FALSE'] : [];
  return [
    { name: 'cat', words: ['cat', file], runs: 7, target: null },
    { name: 'capinfos -ceuS', words: ['capinfos', '-ceuS', file], runs: 7, target: null },
    { name: 'capinfos', words: ['capinfos', file], runs: 5, target: { faster: isBulk ? 8 : 1.5 } },
    { name: 'tcptrace -n', words: ['tcptrace', '-n', file], runs: 5, target: null },
    {
      name: 'tcptrace -n -l -r',
      words: ['tcptrace', '-n', '-l', '-r', file],
      runs: 5,
      target: { faster: isBulk ? 2 : 9, ...(isBulk ? {} : { smaller: 6 }) },
    },
    { name: 'tcpdump -nn -r', words: ['tcpdump', '-nn', '-r', file], runs: 3, target: { faster: isBulk ? 6 : 9 } },
    {
      name: `tshark -q -z conv,tcp${isBulk ? ' (no desegmentation)' : ''}`,
      words: ['tshark', '-n', ...plain, '-r', file, '-q', '-z', 'conv,tcp'],
      runs: 2,
      target: { faster: 18, ...(isBulk ? {} : { smaller: 7 }) },
    },
  ];
}

/** The same without targets. */
function shownAlone(contenders: readonly Contender[]): Contender[] {
  return contenders.map((one) => ({ ...one, target: null }));
}

function everyField(file: string, isBulk: boolean): Contender {
  const withoutBodies = isBulk ? ['-o', 'http.desegment_body:FALSE'] : [];
  return {
    name: `tshark -T fields${isBulk ? ' (no bodies)' : ''}`,
    words: ['tshark', '-n', ...withoutBodies, '-r', file, '-T', 'fields', ...fields],
    runs: 1,
    target: { faster: isBulk ? 50 : 60 },
  };
}

/** Writes the packets of a capture that fit into `bytes` from its start on, `count` of them at most. */
function writePart(from: string, to: string, bytes: number, count: number): void {
  const file = openSync(from, 'r');
  const part = Buffer.alloc(bytes);
  const length = readSync(file, part, 0, bytes, 0);
  closeSync(file);
  let end = 24;
  for (let i = 0; i < count && end + 16 <= length; i++) {
    const next = end + 16 + part.readUInt32LE(end + 8);
    if (next > length) break;
    end = next;
  }
  writeFileSync(to, part.subarray(0, end));
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Line {
  capture: string;
  peer: string;
  peerMs: number;
  peerBytes: number;
  oursMs: number;
  oursBytes: number;
  faster: number;
  smaller: number;
  runs: number;
  target: Contender['target'];
  met: boolean | null;
}

/** Ours and each peer in turns. */
async function compareOn(capture: string, file: string, ours: readonly string[], contenders: readonly Contender[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { name, words, runs, target } of contenders) {
    if (versionOf(words[0]!) === null && words[0] !== 'tcptrace') continue;
    const mine: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < runs; round++) {
      for (const [side, list] of [
        [ours, mine],
        [words, theirs],
      ] as const) {
        await wallMs(['cat', file]);
        list.push(await wallMs(side));
      }
    }
    const oursMs = median(mine);
    const peerMs = median(theirs);
    const oursBytes = await peakBytes(ours);
    const peerBytes = await peakBytes(words);
    const faster = peerMs / oursMs;
    const smaller = peerBytes / oursBytes;
    const met = target === null ? null : faster >= (target.faster ?? 0) && smaller >= (target.smaller ?? 0);
    lines.push({ capture, peer: name, peerMs, peerBytes, oursMs, oursBytes, faster, smaller, runs, target, met });
    console.log(
      [
        capture.padEnd(13),
        name.padEnd(42),
        `${peerMs.toFixed(0)} ms`.padStart(10),
        `${(peerBytes / 1e6).toFixed(0)} MB`.padStart(8),
        `ours ${oursMs.toFixed(0)} ms`.padStart(14),
        `${(oursBytes / 1e6).toFixed(0)} MB`.padStart(8),
        `${faster.toFixed(2)}x faster`.padStart(15),
        `1/${smaller.toFixed(1)} memory`.padStart(14),
        met === null ? '' : `  target ${JSON.stringify(target)}: ${met ? 'met' : 'MISSED'}`,
      ].join(' '),
    );
  }
  return lines;
}

mkdirSync(folder, { recursive: true });
const bulk = join(folder, 'bulk.pcap');
const short = join(folder, 'recorded.pcap');
const many = join(folder, 'short.pcap');
const tiny = join(folder, 'tiny.pcap');
await wholeFile(bulk, (path) => writeBulkCapture(path, bulkBytes));
await wholeFile(short, (path) => recordShortFlows(path, recordedFlows));
await wholeFile(many, (path) => writeShortFlowsCapture(path, manyFlows));
await wholeFile(tiny, (path) => writePart(short, path, 200_000, 100));
const part = join(folder, 'bulk-part.pcap');
await wholeFile(part, (path) => writePart(bulk, path, partBytes, Number.POSITIVE_INFINITY));
const read = [process.execPath, command, 'read'];
const lines = [
  ...(await compareOn(
    'tiny',
    tiny,
    [...read, tiny],
    [{ name: 'node -e 0', words: [process.execPath, '-e', '0'], runs: 11, target: null }],
  )),
  ...(await compareOn('bulk', bulk, [...read, bulk], peers(bulk, true))),
  ...(await compareOn(`bulk, ${partBytes / 1e6} MB`, part, [...read, part], [everyField(part, true)])),
  ...(await compareOn('short', short, [...read, short], [...peers(short, false), everyField(short, false)])),
  ...(await compareOn('many hosts', many, [...read, many], shownAlone(peers(many, false)))),
  ...(await compareOn(
    'short, JSON',
    short,
    [...read, '--json', '--conversations', short],
    [{ name: 'tcptrace -n -l -r', words: ['tcptrace', '-n', '-l', '-r', short], runs: 3, target: { faster: 5 } }],
  )),
];
const tinyMs = lines[0]?.oursMs ?? 0;
console.log(`100 packets: ${tinyMs.toFixed(0)} ms, target at most 110 ms: ${tinyMs <= 110 ? 'met' : 'MISSED'}`);
for (const [name, file] of [
  ['bulk', bulk],
  ['short', short],
  ['many hosts', many],
] as const) {
  const best = lines.filter((line) => line.capture === name).map((line) => line.oursMs);
  console.log(`${name}: ${(statSync(file).size / 1e6).toFixed(0)} MB at ${(statSync(file).size / 1e3 / median(best)).toFixed(0)} MB/s`);
}
const where = { node: process.version, platform: `${process.platform} ${process.arch}`, tshark: versionOf('tshark') };
console.log(`\n${JSON.stringify({ where, lines })}`);
if (tinyMs > 110 || lines.some(({ met }) => met === false)) process.exitCode = 1;
