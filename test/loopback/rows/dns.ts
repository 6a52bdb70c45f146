import { closedPort } from '../../../lab/loopback/tcp-server.ts';
import type { Scenario } from '../scenario.ts';

const here = { records: { A: ['127.0.0.1'] } };

/** The name, from missing to merely slow. The site behind it is healthy in every row. */
export const dnsScenarios: readonly Scenario[] = [
  { when: 'the name does not exist', walk: (stage) => stage.named(null), verdict: 'failed dns.nxdomain', command: true },
  {
    when: 'the name exists and has no address',
    walk: (stage) => stage.named({ records: { TXT: ['"nothing else"'] } }),
    verdict: 'failed dns.no-data',
    command: true,
  },
  {
    when: 'the resolver answers SERVFAIL',
    walk: (stage) => stage.named({ rcode: 'SERVFAIL' }),
    verdict: 'failed dns.servfail',
    command: true,
  },
  {
    when: 'the resolver answers SERVFAIL and says that validation failed',
    walk: (stage) => stage.named({ rcode: 'SERVFAIL', extendedError: { infoCode: 6, text: 'signature expired' } }),
    verdict: 'failed dns.dnssec-bogus',
  },
  {
    when: 'the resolver refuses to answer',
    walk: (stage) => stage.named({ rcode: 'REFUSED' }),
    verdict: 'failed dns.refused',
    command: true,
  },
  {
    when: 'the resolver does not implement the question',
    walk: (stage) => stage.named({ rcode: 'NOTIMP' }),
    verdict: 'failed dns.error-rcode',
  },
  {
    when: 'the resolver is silent',
    walk: async (stage) => ({ ...(await stage.named({ fault: 'silent' })), timeoutSeconds: 1 }),
    verdict: 'failed dns.timeout',
    command: true,
  },
  {
    when: "the resolver's port is closed",
    walk: async (stage) => ({ ...(await stage.named(here)), resolvers: [`127.0.0.1:${await closedPort()}`] }),
    verdict: 'failed dns.resolver-unreachable',
    command: true,
  },
  { when: 'the answer is no DNS message', walk: (stage) => stage.named({ ...here, fault: 'malformed' }), verdict: 'failed dns.malformed' },
  {
    when: 'the answers carry another id',
    walk: async (stage) => ({ ...(await stage.named({ ...here, fault: 'wrong-id' })), timeoutSeconds: 1 }),
    verdict: 'failed dns.malformed',
  },
  {
    when: 'the answers are to another question',
    walk: async (stage) => ({ ...(await stage.named({ ...here, fault: 'wrong-question' })), timeoutSeconds: 1 }),
    verdict: 'failed dns.malformed',
  },
  {
    when: 'the answer is truncated and TCP is closed',
    walk: (stage) => stage.named({ ...here, fault: 'truncated' }, {}, { tcp: 'closed' }),
    verdict: 'failed dns.truncated',
  },
  {
    when: 'the alias points at a name that does not exist',
    walk: (stage) => stage.named({ records: { CNAME: ['gone.test'] } }),
    verdict: 'failed dns.cname-dangling',
  },
  {
    when: 'the aliases run in a circle',
    walk: (stage) => stage.named({ records: { CNAME: ['round.test'] } }, { 'round.test': { records: { CNAME: ['site.test'] } } }),
    verdict: 'failed dns.cname-loop',
  },
  {
    when: 'the name takes 500 ms to look up',
    walk: (stage) => stage.named({ ...here, delayMs: 500 }),
    verdict: 'degraded dns.slow',
  },
  {
    when: 'AAAA questions are met by SERVFAIL and A works',
    walk: (stage) => stage.named({ ...here, byType: { AAAA: { rcode: 'SERVFAIL' } } }),
    verdict: 'degraded dns.aaaa-broken',
  },

  { when: 'the name takes 100 ms to look up', walk: (stage) => stage.named({ ...here, delayMs: 100 }), verdict: 'ok' },
  {
    when: 'the name is an alias of one that exists',
    walk: (stage) => stage.named({ records: { CNAME: ['real.test'] } }, { 'real.test': here }),
    verdict: 'ok',
  },
  {
    when: 'the answer is truncated and complete over TCP',
    walk: (stage) => stage.named({ ...here, fault: 'truncated' }),
    verdict: 'ok',
    command: true,
  },
  {
    when: 'the answer carries a remark of the resolver',
    walk: (stage) => stage.named({ ...here, extendedError: { infoCode: 3, text: 'stale' } }),
    verdict: 'ok',
  },
  { when: 'the resolver answers over TCP only when asked to', walk: (stage) => stage.named(here, {}, { tcp: 'closed' }), verdict: 'ok' },
  {
    when: 'the first of two resolvers that were named is silent and the second answers',
    walk: async (stage) => {
      const walked = await stage.named(here);
      const silent = await stage.resolver({ '*': { fault: 'silent' } });
      return { ...walked, resolvers: [silent, ...(walked.resolvers ?? [])], timeoutSeconds: 1 };
    },
    verdict: 'ok',
  },
];
