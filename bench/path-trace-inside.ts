import { spawnSync } from 'node:child_process';
import { tracePath } from '../src/probe/path/tracing.ts';
import { systemClock } from '../src/system/clock.ts';
import { systemPathTracer } from '../src/system/trace/path-tracer.ts';
import { alternate } from './samples.ts';

/**
 * Runs in a network of the lab, in the place of the program: traces one path by turns with this build and with other tools, and prints the times as
 * JSON. Ours runs in this process and without privilege; theirs need one, and their start takes a few milliseconds.
 */

const destination = { address: '203.0.113.10', port: 443 };
const rounds = 5;

/** Probes per hop. tracepath sends one. */
async function ours(probes: number): Promise<void> {
  const channel = await systemPathTracer.open(destination, 'tcp');
  if (!('send' in channel)) throw new Error(`no probes: ${channel.raw ?? channel.name}`);
  const limits = { rounds: probes, intervalMs: 0, probeTimeoutMs: 1000, nearHops: 5, mostHops: 30, signal: null };
  const path = await tracePath(systemClock, channel, destination.address, limits);
  const silent = path.hops.filter((hop) => hop.answers.length === 0).map((hop) => hop.ttl);
  if (path.reachedAtTtl !== 6 || silent.join() !== '3,4') throw new Error(`another path: ${JSON.stringify(path)}`);
  if (path.hops.some((hop) => hop.sent !== probes)) throw new Error(`another number of probes: ${JSON.stringify(path)}`);
}

async function theirs(command: string, ...words: string[]): Promise<void> {
  const { stdout, stderr, status } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0 || !stdout.includes(destination.address)) throw new Error(`${command} failed: ${stdout}${stderr}`);
}

const { address } = destination;
const samples = await alternate(
  {
    ours3: () => ours(3),
    traceroute: () => theirs('traceroute', '-T', '-n', '-p', '443', '-q', '3', address),
    mtr: () => theirs('mtr', '-T', '-n', '-P', '443', '-r', '-c', '3', '-i', '0.1', '-G', '1', address),
    ours1: () => ours(1),
    tracepath: () => theirs('tracepath', '-n', address),
  },
  rounds,
  1,
);
const medians = Object.entries(samples).map(([name, taken]) => [name, { medianMs: taken.medianMs, count: taken.count }]);
console.log(JSON.stringify(Object.fromEntries(medians)));
