import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedPort } from '../../lab/loopback/tcp-server.ts';
import type { HopAnswer, ProbeProtocol } from '../../src/model/observations/route.ts';
import { tracePath } from '../../src/probe/path/tracing.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemOwnerTables } from '../../src/system/owner-table.ts';
import { systemPathTracer } from '../../src/system/trace/path-tracer.ts';

const probes = await systemPathTracer.open({ address: '127.0.0.1', port: 9 }, 'tcp');
const canAskKernel = 'send' in probes;
if (canAskKernel) probes.close();

const limits = { rounds: 3, intervalMs: 0, probeTimeoutMs: 1000, nearHops: 0, mostHops: 30, signal: null };

describe.skipIf(!canAskKernel)('probes of this program, on loopback', () => {
  let server: Server;
  let openPort: number;
  let refusing: number;

  beforeAll(async () => {
    server = await new Promise<Server>((resolve) => {
      const one = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1', () => resolve(one));
    });
    openPort = (server.address() as { port: number }).port;
    refusing = await closedPort();
  });
  afterAll(() => server.close());

  async function answersOf(address: string, port: number, protocol: ProbeProtocol): Promise<readonly HopAnswer[]> {
    const channel = await systemPathTracer.open({ address, port }, protocol);
    if (!('send' in channel)) throw new Error(channel.raw ?? channel.name);
    const path = await tracePath(systemClock, channel, address, limits);
    expect(path).toMatchObject({ reachedAtTtl: 1, failure: null });
    expect(path.hops).toHaveLength(1);
    expect(path.hops[0]?.sent).toBe(3);
    for (const answer of path.hops[0]!.answers) for (const ms of answer.rttMs) expect(ms).toBeLessThan(1000);
    return path.hops[0]!.answers;
  }

  it('an open port opens', async () => {
    expect(await answersOf('127.0.0.1', openPort, 'tcp')).toMatchObject([{ from: '127.0.0.1', what: 'opened', count: 3 }]);
  });

  it('a closed port refuses', async () => {
    expect(await answersOf('127.0.0.1', refusing, 'tcp')).toMatchObject([{ from: '127.0.0.1', what: 'refused', count: 3 }]);
  });

  it('a datagram to nobody is answered "port unreachable"', async () => {
    const [answer] = await answersOf('127.0.0.1', 33_434, 'udp');
    expect(answer).toMatchObject({ from: '127.0.0.1', what: 'icmp-error', type: 3, code: 3, count: 3 });
    // The kernel's own clock: the event loop has no part in it.
    expect(answer?.rttMs).toHaveLength(3);
  });

  it('an address with a zone, and what is no address, is none to trace', async () => {
    for (const address of ['fe80::1%lo', 'none'])
      expect(await systemPathTracer.open({ address, port: 443 }, 'tcp')).toMatchObject({ name: 'invalid-argument' });
  });
});

describe('the table of owners', () => {
  it('comes with the package, knows its day, and finds in microseconds', async () => {
    const table = await systemOwnerTables.open();
    if (!('find' in table)) throw new Error(table.raw ?? table.name);
    expect(table.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(table.find('1.1.1.1')).toMatchObject({ range: 'public', asNumber: 13_335, sort: 'cdn' });
    expect(table.find('2606:4700:4700::1111')).toMatchObject({ asNumber: 13_335 });
    expect(table.find('192.168.1.1')).toMatchObject({ range: 'private', asNumber: null, name: null });
    expect(table.find('203.0.113.10')).toMatchObject({ range: 'documentation', asNumber: null });
    const addresses = Array.from({ length: 2000 }, (_, index) => `${1 + (index % 220)}.${index % 256}.7.1`);
    const startMs = performance.now();
    for (const address of addresses) table.find(address);
    expect((performance.now() - startMs) / addresses.length).toBeLessThan(1);
  });
});
