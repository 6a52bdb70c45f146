import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { dropping, meter } from './ingredients.ts';

const proxyAddress = addresses.lanHost;
const throughProxy: Readonly<Record<string, string>> = {
  https_proxy: `http://${proxyAddress}:3128`,
  http_proxy: `http://${proxyAddress}:3128`,
};

const proxyBehaving = (behavior: 'auth-required' | 'denied' | { policyPage: string }): readonly Change[] => [
  { stand: 'lan-host' },
  { odd: { name: 'proxy', at: 'lan-host', on: [proxyAddress], port: 3128, behavior: { proxy: behavior } } },
];

/** Squid runs on the home network, and no other way leads to https. */
const outThroughProxyAlone: readonly Change[] = [
  { stand: 'lan-host' },
  { proxy: { lines: [] } },
  dropping('no-direct-way', 'gateway', 'ip saddr 192.168.1.42 tcp dport 443'),
  dropping('no-direct-way6', 'gateway', `ip6 saddr ${addresses.client6} tcp dport 443`),
];

/** Scenarios of proxies that this host is configured to use. */
export const localProxyScenarios: readonly Scenario[] = [
  {
    id: 'local-proxy-unreachable',
    title: 'The configured proxy is off',
    fault: 'https_proxy names a machine on which nothing listens.',
    made: 'The environment names port 3128 of a machine of the home network without a proxy.',
    naive: '"The site is down": curl says "Failed to connect".',
    changes: [{ stand: 'lan-host' }, meter('syns-at-proxy', 'lan-host', 'tcp dport 3128')],
    url: 'https://www.shop.example/',
    environment: throughProxy,
    captureClient: { checkpoint: 'tcp', cause: 'tcp.refused', why: 'that the refusing address is a proxy is only known to the client' },
    expect: {
      status: 'failed',
      cause: 'local.proxy-unreachable',
      evidence: [{ kind: 'local.proxy-configured', where: { bypassed: false } }],
    },
    proof: [{ connect: addresses.lanHost, port: 3128, outcome: 'refused' }],
  },
  {
    id: 'local-proxy-auth',
    title: 'The proxy wants a password',
    fault: 'CONNECT is answered 407.',
    made: 'A proxy of the home network demands authentication.',
    naive: '"407 from the site."',
    changes: proxyBehaving('auth-required'),
    url: 'https://www.shop.example/',
    environment: throughProxy,
    expect: { status: 'failed', cause: 'local.proxy-auth', evidence: [{ kind: 'local.proxy-configured', where: { bypassed: false } }] },
    proof: [{ connect: addresses.lanHost, port: 3128, outcome: 'open' }],
    lookAlike: ['http-unauthorized'],
  },
  {
    id: 'local-proxy-denied',
    title: 'The proxy forbids the destination',
    fault: "CONNECT is answered 403 by the proxy's policy.",
    made: 'A proxy of the home network refuses the tunnel.',
    naive: '"403 Forbidden: the site blocks us."',
    changes: proxyBehaving({ policyPage: '<html><title>Blocked</title><h1>This category is blocked by company policy</h1></html>' }),
    url: 'https://www.shop.example/',
    environment: throughProxy,
    expect: { status: 'failed', cause: 'local.proxy-denied', evidence: [{ kind: 'local.proxy-configured', where: { bypassed: false } }] },
    proof: [{ connect: addresses.lanHost, port: 3128, outcome: 'open' }],
    lookAlike: ['http-forbidden', 'http-bad-gateway'],
  },
  {
    id: 'local-proxy-works',
    title: "Through the company's proxy, all is well",
    fault: 'None: the direct way is blocked, the proxy works.',
    made: 'Squid runs on the home network; the gateway drops https from the client.',
    naive: '"The site is down": a direct connection times out.',
    changes: outThroughProxyAlone,
    url: 'https://www.shop.example/',
    environment: throughProxy,
    expect: {
      status: 'ok',
      cause: null,
      evidence: [
        { kind: 'local.proxy-configured', where: { bypassed: false } },
        { kind: 'http.response-received', where: { status: 200 } },
      ],
    },
    proof: [
      { connect: addresses.lanHost, port: 3128, outcome: 'open' },
      { connect: addresses.edgeA, port: 443, outcome: 'silent' },
    ],
    nearMissOf: ['local.proxy-unreachable', 'local.proxy-required', 'tcp.timeout'],
  },
  {
    id: 'local-proxy-required',
    title: 'Only the proxy gets out, and this program goes straight',
    fault: 'NO_PROXY excludes the site; the direct path is blocked, the proxy would reach it.',
    made: 'Squid runs on the home network; the gateway drops https from the client; no_proxy names the site.',
    naive: '"Connection timed out: the site is down."',
    changes: outThroughProxyAlone,
    url: 'https://www.shop.example/',
    environment: { ...throughProxy, no_proxy: '.shop.example' },
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.timeout',
      why: 'that there is a proxy which the client did not use is only known to the client',
    },
    expect: {
      status: 'failed',
      cause: 'local.proxy-required',
      evidence: [{ kind: 'local.proxy-configured', where: { bypassed: true } }, { kind: 'tcp.syn-unanswered' }],
    },
    proof: [{ counter: 'no-direct-way' }, { connect: addresses.lanHost, port: 3128, outcome: 'open' }],
    lookAlike: ['tcp-timeout', 'tcp-filtered'],
  },
];
