import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/*
 * What needs a network of its own: a user, network and mount namespace, which ordinary users may make. Run from the built files, because the
 * process inside is a plain Node.js.
 */
const built = fileURLToPath(new URL('../../dist/src/system/', import.meta.url));
const allowed = spawnSync('unshare', ['-Urnm', 'true']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'wirewalk-namespace-'));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleUrl(name: string): string {
  return pathToFileURL(join(built, name)).href;
}

/** Runs shell lines and then a program inside new namespaces; what it printed as JSON, and how it ended. */
function inside(setUp: string, program: string): { printed: unknown; status: number | null; durationMs: number; errors: string } {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const startMs = performance.now();
  const run = spawnSync('unshare', ['-Urnm', 'sh', '-ec', `ip link set lo up\n${setUp}\nexec "$0" "$1"`, process.execPath, file], {
    encoding: 'utf8',
  });
  const printed: unknown = run.stdout.trim() === '' ? null : JSON.parse(run.stdout.trim().split('\n')[0] ?? 'null');
  return { printed, status: run.status, durationMs: performance.now() - startMs, errors: run.stderr };
}

// Where namespaces are forbidden nothing here can run; continuous integration allows them, and there it is a failure.
describe.runIf(allowed || process.env.CI !== undefined)('in a network of its own', () => {
  beforeAll(() => {
    expect(existsSync(built), 'run "npm run build" first').toBe(true);
  });

  it('a lookup that a silent resolver keeps does not keep the process', () => {
    writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.9\n');
    const run = inside(
      `mount --bind ${join(folder, 'resolv.conf')} /etc/resolv.conf`,
      `import { createSocket } from 'node:dgram';
       const { systemNames, pendingLookups } = await import('${moduleUrl('name-lookup.js')}');
       const { exitNow } = await import('${moduleUrl('process-exit.js')}');
       const silent = createSocket('udp4');
       await new Promise((resolve) => silent.bind(53, '127.0.0.9', resolve));
       const outcome = await systemNames.lookup('silent.example', null, { timeoutMs: 200 });
       console.log(JSON.stringify({ outcome, pending: pendingLookups(), padding: 'x'.repeat(200_000) }));
       await exitNow(3);`,
    );
    expect(run.printed).toMatchObject({ outcome: { kind: 'timed-out' }, pending: 1, padding: expect.stringMatching(/^x{200000}$/u) });
    expect(run.status).toBe(3);
    // The C library would keep it for ten seconds.
    expect(run.durationMs).toBeLessThan(5000);
  });

  it('a packet filter of this host refuses to send: UDP, and TCP', () => {
    const run = inside(
      `nft add table ip f; nft add chain ip f o '{ type filter hook output priority 0; }'; nft add rule ip f o ip daddr 127.0.0.8 drop
       nft add rule ip f o ip daddr 127.0.0.7 reject with icmp admin-prohibited`,
      `const { systemDatagrams } = await import('${moduleUrl('datagram.js')}');
       const { systemTcpDialer } = await import('${moduleUrl('tcp-dialer.js')}');
       const datagrams = await systemDatagrams.open({ address: '127.0.0.8', port: 53 });
       const sent = await datagrams.send(new Uint8Array(10));
       const rejected = await systemTcpDialer.dial({ address: '127.0.0.7', port: 80 }, { timeoutMs: 1000 });
       datagrams.close();
       const { kind, unsent } = await systemTcpDialer.dial({ address: '127.0.0.8', port: 80 }, { timeoutMs: 1500 });
       console.log(JSON.stringify({ sent, rejected: rejected.failure, icmp: rejected.icmp, dropped: { kind, unsent } }));`,
    );
    expect(run.printed).toEqual({
      sent: { name: 'send-not-permitted', code: 'EPERM' },
      rejected: { name: 'host-unreachable', code: 'EHOSTUNREACH' },
      icmp: { from: '127.0.0.7', version: 4, type: 3, code: 13 },
      dropped: { kind: 'timed-out', unsent: true },
    });
  });

  it('who answered a SYN with ICMP is known, and a reset is told from it although both refuse', () => {
    const run = inside(
      `nft add table inet f; nft add chain inet f i '{ type filter hook input priority 0; }'
       nft add rule inet f i ip daddr 127.0.0.5 tcp dport 80 reject with icmp port-unreachable
       nft add rule inet f i ip daddr 127.0.0.6 tcp dport 80 reject with icmp host-unreachable
       mount -t tmpfs none /run; mkdir /run/netns; ip netns add s; ip link add e0 type veth peer name e1 netns s
       ip addr add 2001:db8::1/64 dev e0 nodad; ip link set e0 up
       ip -n s addr add 2001:db8::7/64 dev e1 nodad; ip -n s link set e1 up; ip -n s link set lo up
       ip netns exec s nft add table ip6 f; ip netns exec s nft add chain ip6 f i '{ type filter hook input priority 0; }'
       ip netns exec s nft add rule ip6 f i tcp dport 80 reject with icmpv6 admin-prohibited`,
      `const { systemTcpDialer } = await import('${moduleUrl('tcp-dialer.js')}');
       const told = {};
       // A new link takes a second to settle: the first SYN over IPv6 may be lost, its retransmission is not.
       for (const address of ['127.0.0.4', '127.0.0.5', '127.0.0.6', '2001:db8::7']) {
         const { failure, icmp } = await systemTcpDialer.dial({ address, port: 80 }, { timeoutMs: 6000 });
         told[address] = [failure?.name, icmp ?? null];
       }
       console.log(JSON.stringify(told));`,
    );
    expect(run.printed).toEqual({
      '127.0.0.4': ['connection-refused', null],
      '127.0.0.5': ['connection-refused', { from: '127.0.0.5', version: 4, type: 3, code: 3 }],
      '127.0.0.6': ['host-unreachable', { from: '127.0.0.6', version: 4, type: 3, code: 1 }],
      '2001:db8::7': ['send-not-permitted', { from: '2001:db8::7', version: 6, type: 1, code: 1 }],
    });
  });

  const host = `const { systemHost } = await import('${moduleUrl('host.js')}');
    const host = systemHost();`;

  it('no route: said for both families, and for UDP and TCP', () => {
    const run = inside(
      '',
      `${host}
       const { systemDatagrams } = await import('${moduleUrl('datagram.js')}');
       const { systemTcpDialer } = await import('${moduleUrl('tcp-dialer.js')}');
       const routes = await Promise.all(['203.0.113.1', '2001:db8::1'].map(host.route));
       const defaults = await Promise.all(['ipv4', 'ipv6'].map(host.defaultRoutes));
       const datagrams = await systemDatagrams.open({ address: '203.0.113.1', port: 53 });
       const dialled = await systemTcpDialer.dial({ address: '203.0.113.1', port: 80 }, { timeoutMs: 1000 });
       const known = await host.links();
       console.log(JSON.stringify({ found: routes.map((one) => one.found), names: routes.map((one) => one.failure?.name), defaults,
         datagrams, dialled: dialled.failure, links: known.links.map((one) => one.name) }));`,
    );
    expect(run.printed).toEqual({
      found: [false, false],
      names: ['network-unreachable', 'network-unreachable'],
      defaults: [[], []],
      datagrams: { name: 'network-unreachable', code: 'ENETUNREACH' },
      dialled: { name: 'network-unreachable', code: 'ENETUNREACH' },
      // /sys still shows the interfaces of the machine: it is not believed.
      links: ['lo'],
    });
  });

  const pair = `ip link add v0 type veth peer name v1; ip addr add 192.0.2.2/24 dev v0; ip link set v0 up; ip link set v1 up
    ip route add default via 192.0.2.1 mtu 1300; ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v0 nud reachable
    ip neigh add 192.0.2.9 dev v0 nud failed; ip route add prohibit 198.51.100.0/24`;

  it('routes, neighbours and links, whichever way is asked', () => {
    const run = inside(
      pair,
      `${host}
       const { loadCLibrary } = await import('${moduleUrl('foreign-functions.js')}');
       const { netlinkTables } = await import('${moduleUrl('netlink-tables.js')}');
       const { ipCommandTables } = await import('${moduleUrl('ip-command.js')}');
       const library = await loadCLibrary();
       const ways = { host, ip: ipCommandTables, ...('function' in library ? { netlink: netlinkTables(library) } : {}) };
       const told = {};
       for (const [name, tables] of Object.entries(ways)) {
         const { links, addresses } = await tables.links();
         told[name] = [
           links.find((one) => one.name === 'v0'), addresses.filter((one) => one.interface === 'v0' && one.family === 'ipv4'),
           await tables.route('203.0.113.1'), await tables.route('192.0.2.77'), await tables.route('198.51.100.1'), await tables.defaultRoutes('ipv4'),
           await tables.neighbor('192.0.2.1', 'v0'), await tables.neighbor('192.0.2.9', 'v0'), await tables.neighbor('192.0.2.88', 'v0'),
         ];
         told[name][0].linkAddress = typeof told[name][0].linkAddress;
       }
       console.log(JSON.stringify(told));`,
    );
    const told = run.printed as Record<string, unknown[]>;
    expect(run.errors).toBe('');
    for (const [way, facts] of Object.entries(told)) {
      expect([way, ...facts.slice(0, 2)]).toEqual([
        way,
        { name: 'v0', loopback: false, up: true, carrier: true, medium: 'virtual', mtuBytes: 1500, linkAddress: 'string' },
        [{ interface: 'v0', family: 'ipv4', address: '192.0.2.2', prefixLength: 24, scope: 'global' }],
      ]);
      expect(facts[2]).toMatchObject({ found: true, gateway: '192.0.2.1', interface: 'v0', sourceAddress: '192.0.2.2' });
      expect(facts[3]).toMatchObject({ found: true, gateway: null, interface: 'v0', sourceAddress: '192.0.2.2' });
      expect(facts[4]).toMatchObject({ found: false, failure: { name: 'send-not-permitted', code: 'EACCES' } });
      expect(facts[5]).toEqual([expect.objectContaining({ destination: '0.0.0.0/0', gateway: '192.0.2.1', interface: 'v0' })]);
      expect(facts[6]).toMatchObject({ linkAddress: '02:00:00:00:00:01' });
      expect(facts[7]).toMatchObject({ state: 'failed', linkAddress: null });
      expect(facts[8]).toMatchObject({ state: 'absent' });
    }
    expect(Object.keys(told)).toContain('netlink');
  });

  it("a policy rule sends packets elsewhere than the main table says: the answer is the kernel's", () => {
    const run = inside(
      `${pair}
       ip link add w0 type veth peer name w1; ip addr add 198.18.0.2/24 dev w0; ip link set w0 up; ip link set w1 up
       ip route add default via 198.18.0.1 table 7; ip rule add to 203.0.113.0/24 lookup 7`,
      `${host}
       console.log(JSON.stringify([await host.route('203.0.113.1'), await host.route('198.51.99.1')]));`,
    );
    expect(run.printed).toMatchObject([
      { gateway: '198.18.0.1', interface: 'w0', sourceAddress: '198.18.0.2' },
      { gateway: '192.0.2.1', interface: 'v0', sourceAddress: '192.0.2.2' },
    ]);
  });

  it.each([
    ['two addresses', ['127.0.0.7', '::1'], ['127.0.0.7', '127.0.0.8', '127.0.0.7', '127.0.0.9:53', '::1']],
    ['nobody in particular', [], ['127.0.0.7', '127.0.0.8', '127.0.0.7', '127.0.0.8', '127.0.0.9:53', '::1']],
    [
      'more than a filter can hold',
      [...Array.from({ length: 230 }, (_, index) => `2001:db8::${index}`), '127.0.0.7'],
      ['127.0.0.7', '127.0.0.8', '127.0.0.7', '127.0.0.8', '127.0.0.9:53', '::1'],
    ],
  ])('the kernel picks out the packets of %s, from when it is told', (_, included, seen) => {
    const run = inside(
      '',
      `import { createSocket } from 'node:dgram';
       import { systemPacketRecorder } from '${moduleUrl('packet-recorder.js')}';
       const [four, six] = [createSocket('udp4'), createSocket('udp6')];
       const send = (socket, port, to) => new Promise((resolve) => socket.send('x', port, to, resolve));
       const recording = await systemPacketRecorder.start();
       if (!('stop' in recording)) throw new Error(JSON.stringify(recording));
       await send(four, 9, '127.0.0.7'); await send(four, 9, '127.0.0.8');
       await new Promise((resolve) => setTimeout(resolve, 50));
       for (const address of ${JSON.stringify(included)}) recording.include(address);
       await send(four, 9, '127.0.0.7'); await send(four, 9, '127.0.0.8'); await send(four, 53, '127.0.0.9'); await send(six, 9, '::1');
       const { packets, lost } = await recording.stop();
       four.close(); six.close();
       const udp = packets.map(({ bytes }) => bytes.subarray(20)).flatMap((bytes) => {
         if (bytes[0] === 0x60) return bytes[6] === 17 ? ['::1'] : [];
         if (bytes[9] !== 17) return [];
         const port = bytes[22] * 256 + bytes[23];
         return [bytes.subarray(16, 20).join('.') + (port === 9 ? '' : ':' + port)];
       });
       console.log(JSON.stringify({ udp, lost }));`,
    );
    expect(run.errors).toBe('');
    expect(run.printed).toEqual({ udp: seen, lost: 0 });
  });
});
