import { closeOnAccept, resetOnAccept } from '../../../lab/loopback/misbehaviours.ts';
import { startSite } from '../../../lab/loopback/site.ts';
import { closedPort } from '../../../lab/loopback/tcp-server.ts';
import type { Scenario } from '../scenario.ts';
import { hasIpv6Loopback } from '../stage.ts';

/** The connection, from refused to one bad address of two. */
export const tcpScenarios: readonly Scenario[] = [
  { when: 'the port is closed', walk: async (stage) => stage.at(await closedPort()), verdict: 'failed tcp.refused', command: true },
  {
    when: 'the address is silent',
    walk: async (stage) => ({ ...(await stage.at((await stage.silent()).port)), timeoutSeconds: 1 }),
    verdict: 'failed tcp.timeout',
    command: true,
  },
  {
    when: 'both addresses of the name are silent',
    walk: async (stage) => {
      const { port } = await stage.silent('127.0.0.1');
      await stage.silent('127.0.0.2', port);
      const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.1', '127.0.0.2'] } } })];
      return { ...(await stage.at(port)), resolvers, timeoutSeconds: 1 };
    },
    verdict: 'failed tcp.timeout',
  },
  {
    when: 'connections are reset as soon as they open',
    walk: (stage) => stage.scripted(resetOnAccept),
    verdict: 'failed tcp.reset',
    command: true,
  },
  {
    when: 'connections are reset as soon as they open, and the scheme is http',
    walk: (stage) => stage.scripted(resetOnAccept, { scheme: 'http' }),
    verdict: 'failed tcp.reset',
  },
  {
    when: 'connections are closed as soon as they open',
    walk: (stage) => stage.scripted(closeOnAccept),
    verdict: 'failed tcp.closed',
    command: true,
  },
  {
    when: 'connections are closed as soon as they open, and the scheme is http',
    walk: (stage) => stage.scripted(closeOnAccept, { scheme: 'http' }),
    verdict: 'failed tcp.closed',
  },
  {
    when: 'one of two addresses refuses and the other works',
    walk: async (stage) => {
      const site = await stage.start(startSite({ tls: await stage.leaf(), address: '127.0.0.1' }));
      const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.2', '127.0.0.1'] } } })];
      return { ...(await stage.at(site.port)), resolvers };
    },
    verdict: 'degraded tcp.some-addresses-fail',
    command: true,
  },
  {
    when: `the IPv6 address refuses and IPv4 works, on a host ${hasIpv6Loopback ? 'with' : 'without'} IPv6`,
    walk: async (stage) => {
      const site = await stage.start(startSite({ tls: await stage.leaf(), address: '127.0.0.1' }));
      const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.1'], AAAA: ['::1'] } } })];
      return { ...(await stage.at(site.port)), resolvers };
    },
    verdict: hasIpv6Loopback ? 'degraded tcp.ipv6-broken' : 'ok',
  },

  {
    when: 'both of two addresses work',
    walk: async (stage) => {
      const tls = await stage.leaf();
      const site = await stage.start(startSite({ tls, address: '127.0.0.1' }));
      await stage.start(startSite({ tls, address: '127.0.0.2', port: site.port }));
      const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.2', '127.0.0.1'] } } })];
      return { ...(await stage.at(site.port)), resolvers };
    },
    verdict: 'ok',
  },
  {
    when: 'the name has an IPv6 address that refuses and the walk is for IPv4 alone',
    walk: async (stage) => {
      const site = await stage.start(startSite({ tls: await stage.leaf(), address: '127.0.0.1' }));
      const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.1'], AAAA: ['::1'] } } })];
      return { ...(await stage.at(site.port)), resolvers, family: 4 };
    },
    verdict: 'ok',
  },
];
