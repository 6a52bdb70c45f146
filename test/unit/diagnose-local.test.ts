import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { allRules } from '../../src/diagnose/rules.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import {
  answered,
  body,
  certificate,
  certificates,
  chosen,
  connected,
  connectFailed,
  contextOf,
  ended,
  handshake,
  notTls,
  numbered,
  page,
  record,
  redirected,
  requestSent,
  responded,
  server,
  silent,
  synRefused,
  synUnanswered,
  systemLookup,
  target,
  unanswered,
  undeliverable,
  upTo,
} from './evidence.ts';
import { judged, path, pathCertificate } from './evidence-chain.ts';
import {
  addressOn,
  arpAnswered,
  checked,
  exhausted,
  icmpError,
  link,
  neighborAt,
  noRouteTo,
  proxyAnswered,
  proxyConfigured,
  proxyFailed,
  proxyResolved,
  proxyServer,
  proxyTried,
  resolversOf,
  routeTo,
  sendRefused,
  unchecked,
} from './evidence-local.ts';

type Evidence = (ObservationDraft | ObservationDraft[])[];
type Row = [sentence: string, evidence: Evidence, verdict: string];

const own = '192.168.1.42';
const resolver = '192.168.1.1';
const gateway = '192.168.1.1';
const v6 = '2001:db8::1';
const dayMs = 86_400_000;

/** A host with one cable, its lookup unanswered. */
const silentLookup = (...more: Evidence): Evidence => [
  target(),
  systemLookup([], 'lookup-try-again'),
  unanswered(),
  unanswered('AAAA'),
  resolversOf([resolver]),
  ...more,
];
const host = (): ObservationDraft[] => [link('lo'), link('eth0'), addressOn('eth0', own), routeTo('default', '0.0.0.0/0')];
/** The name is known, and nothing more. */
const resolved = (...addresses: string[]): ObservationDraft[] => {
  const all = addresses.length === 0 ? [server.address] : addresses;
  return [
    target(),
    ...host(),
    resolversOf([resolver]),
    systemLookup(all),
    answered({ answers: all.map((one) => record('A', one)) }),
    chosen(all),
  ];
};
const silentAt = (...addresses: string[]): ObservationDraft[] => addresses.map((one, index) => synUnanswered(one, `c${index}`));
/** A request that goes through a proxy, up to its connection. */
const proxied = (): ObservationDraft[] => [
  target(),
  proxyConfigured(),
  ...host(),
  routeTo('proxy', proxyServer.address, { gateway: null }),
];
const atProxy = (): ObservationDraft[] => [...proxied(), connected(proxyServer.address)];
const proxiedPage = (): ObservationDraft[] => [
  ...atProxy(),
  proxyAnswered('tunnel', 200),
  handshake(),
  certificates(),
  requestSent(),
  responded(200),
  body(),
  page(),
];
/** A plain request that the proxy forwards, and its answer. */
const forwarded = (status: number, headers: [string, string][] = []): ObservationDraft[] => [
  target('http://www.shop.com/'),
  ...atProxy().slice(1),
  requestSent(),
  { ...responded(status), headers: headers.map(([name, value]) => ({ name, value })) } as ObservationDraft,
  body(),
  page(),
];
/** A plain request sent to a foreign host. */
const sentAway = (url: string): ObservationDraft[] => [
  target('http://www.shop.com/'),
  ...upTo.connection().slice(1),
  requestSent(),
  responded(302),
  body(),
  { ...redirected('followed'), location: url, url } as ObservationDraft,
];
const expired = (): ObservationDraft => certificates({ notAfter: '2026-11-18T00:00:00Z' }, 'CERT_HAS_EXPIRED');
const early = (): ObservationDraft =>
  certificates({ notBefore: '2027-12-16T00:00:00Z', notAfter: '2028-03-01T00:00:00Z' }, 'CERT_NOT_YET_VALID');
const clock = (asked: 'target' | 'known-answer', clockAheadMs: number): ObservationDraft => checked(asked, { clockAheadMs });

const rows: Row[] = [
  ['the cable is out', silentLookup(link('lo'), link('eth0', { carrier: false })), 'failed local.no-link'],
  [
    'the cable is out and the bridge of the containers is up',
    silentLookup(link('lo'), link('eth0', { carrier: false }), link('docker0'), addressOn('docker0', '172.17.0.1')),
    'failed local.no-link',
  ],
  [
    'the cable is out and the Wi-Fi has a way out',
    silentLookup(
      link('eth0', { carrier: false }),
      link('wlan0'),
      addressOn('wlan0', own),
      routeTo('default', '0.0.0.0/0', { interface: 'wlan0' }),
    ),
    'failed dns.timeout',
  ],
  [
    'there is nothing but one virtual interface, and the resolver is silent',
    silentLookup(link('lo'), link('veth0'), addressOn('veth0', own)),
    'failed dns.timeout',
  ],
  ['a container without any network', silentLookup(link('lo')), 'failed local.no-link'],
  [
    'the cable is out and the target is loopback',
    [target('http://127.0.0.1/'), link('eth0', { carrier: false }), chosen(['127.0.0.1'], 'literal'), synRefused('127.0.0.1')],
    'failed tcp.refused',
  ],

  ['DHCP failed', silentLookup(link('eth0'), addressOn('eth0', '169.254.7.7')), 'failed local.no-address'],
  ['there is only a link-local address', silentLookup(link('eth0'), addressOn('eth0', 'fe80::42')), 'failed local.no-address'],
  [
    'a default route is left without an address to send from',
    silentLookup(link('eth0'), addressOn('eth0', 'fe80::42'), routeTo('default', '::/0')),
    'failed local.no-address',
  ],
  [
    "the cable is part of a bridge that has the host's address",
    silentLookup(link('eth0'), link('br0'), addressOn('br0', own), routeTo('default', '0.0.0.0/0', { interface: 'br0' })),
    'failed dns.timeout',
  ],

  [
    'no address of the target has a route, and the resolver next door answers',
    [...resolved(), noRouteTo('target', server.address), connectFailed('network-unreachable')],
    'failed local.no-route',
  ],
  [
    'a route forbids the target',
    [...resolved(), noRouteTo('target', server.address), sendRefused(server.address, 'tcp'), connectFailed('send-not-permitted')],
    'failed local.no-route',
  ],
  [
    'the resolvers behind the stub have no route',
    [
      target(),
      ...host(),
      resolversOf(['127.0.0.53'], { source: 'systemd-resolved', upstream: [{ address: '9.9.9.9', port: 53 }] }),
      noRouteTo('resolver', '9.9.9.9'),
      systemLookup([], 'lookup-try-again'),
      answered({ rcode: 2, from: '127.0.0.53' }),
    ],
    'failed local.no-route',
  ],
  [
    'the name has IPv6 addresses only and this host has IPv4',
    [...resolved(v6), noRouteTo('target', v6), connectFailed('network-unreachable', v6)],
    'failed dns.no-usable-address',
  ],
  [
    'the name has IPv6 addresses only, this host has IPv6, and somebody on the way says no',
    [...resolved(v6), routeTo('target', v6), connectFailed('network-unreachable', v6)],
    'failed route.unreachable',
  ],
  [
    'there is no IPv6 and IPv4 is silent',
    [
      ...resolved(server.address, v6),
      routeTo('target', server.address),
      noRouteTo('target', v6),
      neighborAt(gateway, 'reachable'),
      ...silentAt(server.address),
      connectFailed('network-unreachable', v6, 'c1'),
    ],
    'failed tcp.timeout',
  ],

  [
    'the gateway is dead and the resolver beyond it silent',
    silentLookup(host(), routeTo('resolver', resolver, { gateway: '192.168.1.254' }), neighborAt('192.168.1.254', 'failed')),
    'failed local.gateway-unresolved',
  ],
  [
    'the home router is gateway and resolver, and dead',
    silentLookup(host(), routeTo('resolver', resolver, { gateway: null }), neighborAt(gateway, 'incomplete')),
    'failed local.gateway-unresolved',
  ],
  [
    'the resolver of the own network answers, and the gateway is dead',
    [...resolved(), routeTo('target', server.address), neighborAt(gateway, 'failed'), ...silentAt(server.address)],
    'failed local.gateway-unresolved',
  ],
  [
    'the gateway was slow to answer and is there',
    [
      ...resolved(),
      routeTo('target', server.address),
      neighborAt(gateway, 'incomplete'),
      neighborAt(gateway, 'reachable'),
      ...silentAt(server.address),
    ],
    'failed tcp.timeout',
  ],
  [
    'another gateway than the one used is dead',
    [
      ...resolved(),
      routeTo('default', '0.0.0.0/0', { gateway: '192.168.1.254' }),
      routeTo('target', server.address),
      neighborAt('192.168.1.254', 'failed'),
      neighborAt(gateway, 'stale'),
      ...silentAt(server.address),
    ],
    'failed tcp.timeout',
  ],
  [
    'one of two addresses is refused and the gateway of the other is dead',
    [
      ...resolved(server.address, v6),
      routeTo('target', server.address),
      routeTo('target', v6),
      neighborAt('fe80::1', 'failed'),
      synRefused(server.address),
      ...silentAt(v6),
    ],
    'failed tcp.refused',
  ],
  ['packets show a gateway that is asked for in vain', silentLookup(neighborAt(gateway, 'failed')), 'failed local.gateway-unresolved'],

  [
    'the target is on this link and silent',
    [
      ...resolved(),
      routeTo('target', server.address, { gateway: null }),
      neighborAt(server.address, 'failed', { role: 'target' }),
      ...silentAt(server.address),
    ],
    'failed local.neighbor-unresolved',
  ],
  [
    'this host tells itself that the target on its link is unreachable',
    [...resolved(), routeTo('target', server.address, { gateway: null }), icmpError(own, 3, 1), connectFailed('host-unreachable')],
    'failed local.neighbor-unresolved',
  ],
  [
    'the target is on this link, answers there, and drops the rest',
    [
      ...resolved(),
      routeTo('target', server.address, { gateway: null }),
      neighborAt(server.address, 'reachable', { role: 'target' }),
      ...silentAt(server.address),
    ],
    'failed tcp.timeout',
  ],

  ['two machines answer for the gateway', [...upTo.page(), arpAnswered(gateway, 'aa:aa', 'bb:bb')], 'degraded local.address-conflict'],
  ['one machine answers for the gateway', [...upTo.page(), arpAnswered(gateway, 'aa:aa')], 'ok'],
  [
    "another machine answers for this host's own address",
    [...upTo.page().filter((draft) => draft.kind !== 'local.link'), link('eth0'), arpAnswered('192.168.1.42', 'bb:bb')],
    'degraded local.address-conflict',
  ],
  [
    'two machines take turns as the gateway, and nothing comes back',
    silentLookup(
      host(),
      routeTo('resolver', '9.9.9.9'),
      neighborAt(gateway, 'reachable', { linkAddress: 'aa:aa' }),
      neighborAt(gateway, 'reachable', { linkAddress: 'bb:bb' }),
      neighborAt(gateway, 'reachable', { linkAddress: 'aa:aa' }),
    ),
    'failed local.address-conflict',
  ],
  [
    'the gateway fails over to another machine once',
    [
      ...upTo.page(),
      neighborAt(gateway, 'reachable', { linkAddress: 'aa:aa' }),
      neighborAt(gateway, 'reachable', { linkAddress: 'bb:bb' }),
    ],
    'ok',
  ],
  [
    'the only IPv6 address is somebody else as well',
    [...upTo.page(), addressOn('eth0', '2001:db8:1::42', { duplicate: true })],
    'degraded local.address-conflict',
  ],
  [
    'one of two IPv6 addresses is somebody else as well',
    [...upTo.page(), addressOn('eth0', '2001:db8:1::42', { duplicate: true }), addressOn('eth0', '2001:db8:1::43')],
    'ok',
  ],

  ['no resolver is configured', [target(), ...host(), resolversOf([]), systemLookup([], 'lookup-try-again')], 'failed local.no-resolver'],
  [
    'the stub knows nobody to ask',
    [
      target(),
      ...host(),
      resolversOf(['127.0.0.53'], { source: 'systemd-resolved', upstream: [] }),
      systemLookup([], 'lookup-try-again'),
      answered({ rcode: 2, from: '127.0.0.53' }),
    ],
    'failed local.no-resolver',
  ],
  [
    'the stub knows somebody and says SERVFAIL',
    [
      target(),
      ...host(),
      resolversOf(['127.0.0.53'], { source: 'systemd-resolved', upstream: [{ address: resolver, port: 53 }] }),
      routeTo('resolver', resolver),
      systemLookup([], 'lookup-try-again'),
      answered({ rcode: 2, from: '127.0.0.53' }),
    ],
    'failed dns.servfail',
  ],
  [
    'no resolver is configured and the hosts file has the name',
    [...upTo.page().filter((draft) => draft.kind !== 'local.resolvers'), resolversOf([])],
    'ok',
  ],

  [
    'this host refuses to send to its resolver',
    [target(), ...host(), resolversOf([resolver]), systemLookup([], 'lookup-try-again'), sendRefused(resolver), undeliverable()],
    'failed local.firewall',
  ],
  [
    'this host refuses one resolver and the other is silent',
    [
      target(),
      ...host(),
      systemLookup([], 'lookup-try-again'),
      sendRefused(resolver),
      undeliverable(),
      unanswered('A', '9.9.9.9'),
      resolversOf([resolver, '9.9.9.9']),
    ],
    'failed dns.timeout',
  ],
  [
    'SYNs are sent again and never leave this host',
    [
      ...resolved(),
      routeTo('target', server.address),
      neighborAt(gateway, 'reachable'),
      ...silentAt(server.address),
      sendRefused(server.address, 'tcp', { shownBy: 'unsent-retransmission' }),
    ],
    'failed local.firewall',
  ],
  [
    'SYNs to one of two addresses never leave this host',
    [
      ...resolved(server.address, v6),
      routeTo('target', server.address),
      routeTo('target', v6),
      ...silentAt(server.address, v6),
      sendRefused(v6, 'tcp', { shownBy: 'unsent-retransmission' }),
    ],
    'failed tcp.timeout',
  ],
  [
    'this host rejects the connection itself',
    [...resolved(), routeTo('target', server.address), icmpError(own, 3, 13), connectFailed('host-unreachable')],
    'failed local.firewall',
  ],
  [
    'a router rejects the connection',
    [...resolved(), routeTo('target', server.address), icmpError('198.51.100.1', 3, 13), connectFailed('host-unreachable')],
    'failed route.filtered',
  ],
  [
    'a router forbids the way over IPv6, which the kernel reports as a refusal to send',
    [
      ...resolved(v6),
      routeTo('target', v6),
      sendRefused(v6, 'tcp'),
      icmpError('2001:db8:9::1', 1, 1, v6),
      connectFailed('send-not-permitted', v6),
    ],
    'failed route.filtered',
  ],
  [
    'the kernel cannot be asked, and a datagram to the silent address is refused',
    [
      ...resolved(),
      routeTo('target', server.address),
      ...silentAt(server.address),
      sendRefused(server.address, 'udp', { followUp: 'own-filter' }),
    ],
    'failed local.firewall',
  ],
  [
    'the connection tracking table is full',
    [
      target(),
      ...host(),
      resolversOf([resolver]),
      systemLookup([], 'lookup-try-again'),
      sendRefused(resolver),
      undeliverable(),
      exhausted('tracking', 'ENOBUFS'),
    ],
    'failed local.resource-limit',
  ],
  [
    'there are no ports left',
    [
      ...resolved(),
      routeTo('target', server.address),
      exhausted('tcp', 'EADDRNOTAVAIL'),
      { ...connectFailed('host-unreachable'), failure: { name: 'address-not-available' } } as ObservationDraft,
    ],
    'failed local.resource-limit',
  ],
  [
    'there are no descriptors left',
    [...resolved(), exhausted('tcp', 'EMFILE'), ...silentAt(server.address)],
    'failed local.resource-limit',
  ],
  ['descriptors ran short and the request worked', [...upTo.page(), exhausted('dns', 'EMFILE')], 'ok'],

  ['the request works through the proxy', proxiedPage(), 'ok'],
  [
    "the proxy's name does not exist",
    [target(), proxyConfigured(), ...host(), resolversOf([resolver]), proxyResolved([])],
    'failed local.proxy-unreachable',
  ],
  [
    "the proxy's name does not resolve because the gateway is dead",
    [
      target(),
      proxyConfigured(),
      ...host(),
      resolversOf(['9.9.9.9']),
      proxyResolved([]),
      routeTo('resolver', '9.9.9.9'),
      neighborAt(gateway, 'failed'),
    ],
    'failed local.gateway-unresolved',
  ],
  ['the proxy refuses the connection', [...proxied(), synRefused(proxyServer.address)], 'failed local.proxy-unreachable'],
  [
    'the proxy is off',
    [...proxied(), neighborAt(proxyServer.address, 'failed', { role: 'other' }), ...silentAt(proxyServer.address)],
    'failed local.proxy-unreachable',
  ],
  [
    'the proxy takes the request for a tunnel and is silent, and silent to all',
    [...atProxy(), proxyFailed('tunnel', 'timed-out')],
    'failed local.proxy-unreachable',
  ],
  [
    'the proxy waits for the site',
    [...atProxy(), proxyFailed('tunnel', 'timed-out'), proxyAnswered('itself', 400)],
    'failed route.proxy-upstream',
  ],
  [
    'the SOCKS proxy waits for the site',
    [...atProxy(), proxyAnswered('socks-greeting', 0), proxyFailed('socks-connect', 'timed-out')],
    'failed route.proxy-upstream',
  ],
  ['the proxy closes without a word', [...atProxy(), proxyFailed('tunnel', 'connection-aborted')], 'failed local.proxy-unreachable'],
  ["the proxy's certificate proves nothing", [...atProxy(), proxyFailed('tls', 'certificate-rejected')], 'failed local.proxy-unreachable'],
  [
    "the proxy's setting cannot be used",
    [target(), proxyConfigured(false, 'socks4://p'), ...host(), proxyFailed('settings', 'invalid-argument')],
    'failed local.proxy-unreachable',
  ],
  ['the proxy wants a login', [...atProxy(), proxyAnswered('tunnel', 407)], 'failed local.proxy-auth'],
  ['the SOCKS proxy offers no login we have', [...atProxy(), proxyAnswered('socks-greeting', 255)], 'failed local.proxy-auth'],
  [
    'the SOCKS proxy refuses the password',
    [...atProxy(), proxyAnswered('socks-greeting', 2), proxyAnswered('socks-authentication', 1)],
    'failed local.proxy-auth',
  ],
  ['a plain request is met by 407', forwarded(407, [['proxy-authenticate', 'Basic realm="x"']]), 'failed local.proxy-auth'],
  ['the proxy forbids the tunnel', [...atProxy(), proxyAnswered('tunnel', 403, [], 'Blocked')], 'failed local.proxy-denied'],
  ['the proxy sends the tunnel to a policy page', [...atProxy(), proxyAnswered('tunnel', 302)], 'failed local.proxy-denied'],
  [
    'the SOCKS proxy has a rule against it',
    [...atProxy(), proxyAnswered('socks-greeting', 0), proxyAnswered('socks-connect', 2)],
    'failed local.proxy-denied',
  ],
  [
    "a plain request is met by the proxy's own 403",
    forwarded(403, [['x-squid-error', 'ERR_ACCESS_DENIED 0']]),
    'failed local.proxy-denied',
  ],
  ["a plain request is met by the site's 403", forwarded(403, [['via', '1.1 proxy']]), 'failed http.forbidden'],
  [
    'the site answers 403 inside the tunnel',
    [...atProxy(), proxyAnswered('tunnel', 200), handshake(), certificates(), requestSent(), responded(403), body(), page()],
    'failed http.forbidden',
  ],
  ['the proxy cannot reach the site', [...atProxy(), proxyAnswered('tunnel', 502)], 'failed route.proxy-upstream'],
  ['the proxy waited too long for the site', [...atProxy(), proxyAnswered('tunnel', 504)], 'failed route.proxy-upstream'],
  [
    'the proxy says 503 for a site that refuses',
    [...atProxy(), proxyAnswered('tunnel', 503, [['x-squid-error', 'ERR_CONNECT_FAIL 111']])],
    'failed route.proxy-upstream',
  ],
  [
    'the SOCKS proxy says that the host is unreachable',
    [...atProxy(), proxyAnswered('socks-greeting', 0), proxyAnswered('socks-connect', 4)],
    'failed route.proxy-upstream',
  ],
  [
    "a plain request is met by the proxy's own 504",
    forwarded(504, [['proxy-status', 'proxy.corp; error=connection_timeout']]),
    'failed route.proxy-upstream',
  ],
  ["a plain request is met by the site's 502", forwarded(502), 'failed http.bad-gateway'],
  [
    'the site answers 502 inside the tunnel',
    [...atProxy(), proxyAnswered('tunnel', 200), handshake(), certificates(), requestSent(), responded(502), body(), page()],
    'failed http.bad-gateway',
  ],
  [
    'a certificate expired, seen through the proxy',
    [...atProxy(), proxyAnswered('tunnel', 200), handshake(), expired()],
    'failed tls.cert-expired',
  ],

  [
    'the direct way is silent and the proxy reaches the site',
    [proxyConfigured(true), ...resolved(), routeTo('target', server.address), ...silentAt(server.address), proxyTried('proven')],
    'failed local.proxy-required',
  ],
  [
    'the direct way is reset after ClientHello and the proxy reaches the site',
    [proxyConfigured(true), ...upTo.connection(), ended('tcp.reset-received', 'hello-sent'), proxyTried('proven')],
    'failed local.proxy-required',
  ],
  [
    'the name is known to the proxy alone',
    [proxyConfigured(true), ...upTo.lookup(), systemLookup([], 'name-not-found'), answered({ rcode: 3 }), proxyTried('proven')],
    'failed local.proxy-required',
  ],
  [
    'the direct way is silent and the proxy does not reach the site either',
    [
      proxyConfigured(true),
      ...resolved(),
      routeTo('target', server.address),
      neighborAt(gateway, 'reachable'),
      ...silentAt(server.address),
      proxyTried('failed'),
    ],
    'failed tcp.timeout',
  ],
  ['the direct way works and so would the proxy', [proxyConfigured(true), ...upTo.page(), proxyTried('proven')], 'ok'],
  [
    'the site answers 500 directly, and the proxy reaches it too',
    [proxyConfigured(true), ...upTo.request(), responded(500), body(), page(), proxyTried('proven')],
    'failed http.server-error',
  ],

  [
    'the portal answers for the site and for nobody',
    [...sentAway('http://192.168.1.1/login'), checked('nobody', { status: 302, location: 'http://192.168.1.1/login' })],
    'failed local.captive-portal',
  ],
  ['the site redirects to a foreign host', [...sentAway('https://accounts.example.net/login'), unchecked('nobody')], 'ok'],
  [
    'the portal says so itself',
    [target('http://www.shop.com/'), ...upTo.connection().slice(1), requestSent(), responded(511), body(), page()],
    'failed local.captive-portal',
  ],
  [
    'https is silent, and plainly the portal answers for the site and for known services',
    [
      ...upTo.addresses(),
      ...silentAt(server.address),
      checked('target', { status: 302, location: 'https://wifi.hotel.example/?next=x' }),
      unchecked('nobody'),
      checked('known-answer', { status: 302, location: 'https://wifi.hotel.example/?next=y', asKnown: false }),
    ],
    'failed local.captive-portal',
  ],
  [
    "https shows the portal's certificate",
    [
      ...upTo.connection(),
      handshake(),
      certificates({ dnsNames: ['wifi.hotel.example'] }),
      checked('target', { status: 302, location: 'https://wifi.hotel.example/' }),
      checked('nobody', { status: 302, location: 'https://wifi.hotel.example/' }),
    ],
    'failed local.captive-portal',
  ],
  [
    'the access network says that this host is captive',
    [
      ...upTo.addresses(),
      ...silentAt(server.address),
      checked('target', { status: 302, location: 'https://wifi.hotel.example/' }),
      checked('portal-api', { captive: true }),
    ],
    'failed local.captive-portal',
  ],
  [
    'https is silent, plainly the site points elsewhere, and known services answer as they should',
    [
      ...upTo.addresses(),
      neighborAt(gateway, 'reachable'),
      ...silentAt(server.address),
      checked('target', { status: 302, location: 'https://shop.example.net/' }),
      checked('nobody', { status: 302, location: 'https://shop.example.net/' }),
      checked('known-answer', { status: 204, asKnown: true }),
    ],
    'failed tcp.timeout',
  ],
  [
    'a proxy on the way answers 503 for nobody, and the certificate names another host',
    [
      ...upTo.connection(),
      handshake(),
      certificates({ dnsNames: ['other.com'] }),
      checked('target', { status: 301, location: 'https://www.shop.com/' }),
      checked('nobody', { status: 503 }),
    ],
    'failed tls.name-mismatch',
  ],
  [
    'the portal speaks plain HTTP on the https port',
    [
      ...upTo.connection(),
      notTls(),
      checked('target', { status: 302, location: 'http://10.0.0.1/portal' }),
      checked('nobody', { status: 302, location: 'http://10.0.0.1/portal' }),
    ],
    'failed local.captive-portal',
  ],

  [
    'the certificate is early, and the server lives 400 days later',
    [...upTo.connection(), handshake(), early(), clock('target', -400 * dayMs)],
    'failed local.clock-wrong',
  ],
  [
    'the certificate is early, and the server finds this clock right',
    [...upTo.connection(), handshake(), early(), clock('target', 300)],
    'failed tls.cert-not-yet-valid',
  ],
  [
    'the certificate is early, the server lives later, and others find this clock right',
    [...upTo.connection(), handshake(), early(), clock('target', -400 * dayMs), clock('known-answer', 200)],
    'failed tls.cert-not-yet-valid',
  ],
  [
    'the certificate expired, and server and others live 30 days earlier',
    [...upTo.connection(), handshake(), expired(), clock('target', 30 * dayMs), clock('known-answer', 30 * dayMs)],
    'failed local.clock-wrong',
  ],
  [
    "the certificate expired, and only the server's clock stands still",
    [...upTo.connection(), handshake(), expired(), clock('target', 30 * dayMs)],
    'failed tls.cert-expired',
  ],
  ['the certificate expired, and nobody tells the time', [...upTo.connection(), handshake(), expired()], 'failed tls.cert-expired'],
  [
    'the certificate expired long before what the others say',
    [...upTo.connection(), handshake(), expired(), clock('target', dayMs), clock('known-answer', dayMs)],
    'failed tls.cert-expired',
  ],
  [
    'the clock is wrong and the certificate good all the same',
    [...upTo.page(), clock('target', -3 * dayMs), clock('known-answer', -3 * dayMs)],
    'ok',
  ],
  [
    'silence after ClientHello, and the clock is wrong',
    [...upTo.connection(), silent('hello-sent'), clock('known-answer', -3 * dayMs)],
    'failed tls.timeout',
  ],
];

function verdictOf(evidence: Evidence, rules = allRules): string {
  const { verdict } = diagnose(numbered(...evidence), contextOf(), rules);
  return verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`;
}

describe('the verdict about this host', () => {
  test.each(rows)('when %s', (_sentence, evidence, verdict) => {
    expect(verdictOf(evidence)).toBe(verdict);
  });

  test('does not depend on the order of the rules', () => {
    const order = fc.shuffledSubarray([...allRules], { minLength: allRules.length });
    fc.assert(
      fc.property(fc.constantFrom(...rows), order, ([, evidence, verdict], rules) => {
        expect(verdictOf(evidence, rules)).toBe(verdict);
      }),
      { numRuns: 200 },
    );
  });

  test('never lacks evidence, and is never a claim about a healthy request, whatever is missing', () => {
    const some = fc.constantFrom(...rows).chain(([, evidence]) => fc.shuffledSubarray(numbered(...evidence)));
    fc.assert(
      fc.property(some, (observations) => {
        const { findings } = diagnose(observations, contextOf());
        const ids = observations.map((observation) => observation.id);
        for (const finding of findings) {
          expect(finding.evidence.length).toBeGreaterThan(0);
          expect(ids).toEqual(expect.arrayContaining(finding.evidence));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('has words for everything it claims', () => {
    for (const [sentence, evidence] of rows) {
      for (const { cause, detail } of diagnose(numbered(...evidence), contextOf()).findings) {
        expect(sentenceFor(cause, detail, null), sentence).not.toMatch(/undefined|null|NaN|\(\)|\[object/);
      }
    }
  });
});

function alternativesOf(evidence: Evidence): { open: string[]; out: string[]; confidence: string } {
  const { verdict } = diagnose(numbered(...evidence), contextOf());
  return {
    open: verdict.alternatives.map(({ cause }) => cause),
    out: verdict.ruledOut.map(({ cause }) => cause),
    confidence: verdict.confidence,
  };
}

describe('look-alikes', () => {
  const dated = (leaf: ObservationDraft, ...more: ObservationDraft[]): Evidence => [...upTo.connection(), handshake(), leaf, ...more];

  test('of an expired certificate include a wrong clock until somebody finds it right', () => {
    expect(alternativesOf(dated(expired()))).toMatchObject({ open: ['local.clock-wrong'], confidence: 'likely' });
    expect(alternativesOf(dated(expired(), clock('target', 500)))).toEqual({ open: [], out: ['local.clock-wrong'], confidence: 'proven' });
    expect(alternativesOf(dated(early(), clock('target', 500)))).toMatchObject({ out: ['local.clock-wrong'], confidence: 'proven' });
  });

  test('of a wrong clock include a wrong server until an independent clock agrees', () => {
    expect(alternativesOf(dated(early(), clock('target', -400 * dayMs)))).toMatchObject({
      open: ['tls.cert-not-yet-valid'],
      confidence: 'likely',
    });
    const both = dated(early(), clock('target', -400 * dayMs), clock('known-answer', -400 * dayMs));
    expect(alternativesOf(both)).toEqual({ open: [], out: ['tls.cert-not-yet-valid', 'tls.cert-expired'], confidence: 'proven' });
  });

  test("of silence include this host's own filter until its SYNs are known to have left", () => {
    const unknown = { ...synUnanswered(), synRetransmissions: null } as ObservationDraft;
    expect(alternativesOf([...resolved(), routeTo('target', server.address), unknown]).open).toContain('local.firewall');
    expect(alternativesOf([...resolved(), routeTo('target', server.address), synUnanswered()]).out).toContain('local.firewall');
  });

  test('of a 502 through a proxy are decided by who answered', () => {
    expect(alternativesOf(forwarded(502)).open).toContain('route.proxy-upstream');
    expect(alternativesOf([...upTo.request(), responded(502), body(), page()]).out).toContain('route.proxy-upstream');
    expect(alternativesOf([...atProxy(), proxyAnswered('tunnel', 502)]).out).toContain('http.bad-gateway');
    expect(alternativesOf(forwarded(403)).open).toContain('local.proxy-denied');
    expect(alternativesOf([...atProxy(), proxyAnswered('tunnel', 403)]).out).toContain('http.forbidden');
  });

  test('of a refusal include a local reject unless it took as long as a way there and back', () => {
    expect(alternativesOf([...resolved(), { ...synRefused(), durationMs: 0.2 } as ObservationDraft]).open).toContain('local.firewall');
    expect(alternativesOf([...resolved(), synRefused()]).out).toContain('local.firewall');
  });
});

describe('checkpoints of a request through a proxy', () => {
  const statuses = (evidence: Evidence): string[] =>
    diagnose(numbered(...evidence), contextOf()).checkpoints.map(({ id, status }) => `${id} ${status}`);

  test('leave the lookup to it', () => {
    expect(statuses(proxiedPage())).toEqual(['target ok', 'local ok', 'dns skipped', 'route ok', 'tcp ok', 'tls ok', 'http ok', 'page ok']);
  });

  test('end at the proxy when it refuses', () => {
    expect(statuses([...atProxy(), proxyAnswered('tunnel', 407)]).slice(0, 6)).toEqual([
      'target ok',
      'local failed',
      'dns skipped',
      'route ok',
      'tcp ok',
      'tls unknown',
    ]);
  });
});

test('a chain whose intermediate is early as well is judged by the same clock', () => {
  const intermediate = certificate({ subject: 'CN=Sub', isCa: true, notBefore: '2028-01-01T00:00:00Z', notAfter: '2030-01-01T00:00:00Z' });
  const chain = certificates({ notBefore: '2027-12-16T00:00:00Z', notAfter: '2028-03-01T00:00:00Z' }, 'CERT_NOT_YET_VALID', [intermediate]);
  // By that clock the intermediate would still be early: the clock explains nothing.
  expect(verdictOf([...upTo.connection(), handshake(), chain, clock('target', -395 * dayMs)])).toBe('failed tls.cert-not-yet-valid');
  expect(verdictOf([...upTo.connection(), handshake(), chain, clock('target', -420 * dayMs)])).toBe('failed local.clock-wrong');
});

describe('a cross-sign that expired long ago, in a chain that is well otherwise', () => {
  const longAgo = certificate({ subject: 'CN=Root', issuer: 'CN=Old Root', isCa: true, notAfter: '2026-11-01T00:00:00Z' });
  const leaf = { notBefore: '2026-09-22T00:00:00Z', notAfter: '2026-11-18T00:00:00Z' };
  const dates = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2030-01-01T00:00:00Z' };
  const chain = certificates(leaf, 'CERT_HAS_EXPIRED', [longAgo]);
  const paths = judged(
    { openssl: 'CERT_HAS_EXPIRED' },
    [path(2, 'anchor', [[0, 'expired']])],
    [pathCertificate('CN=www.shop.com', leaf), pathCertificate('CN=Root', { ...dates, from: 'store', sentAt: null })],
  );
  const later = [clock('target', 7 * dayMs), clock('known-answer', 7 * dayMs)];

  test('does not hide that the clock is wrong', () => {
    expect(verdictOf([...upTo.connection(), handshake(), chain, paths, ...later])).toBe('failed local.clock-wrong');
  });

  test('is no reason to blame the clock where the chain is trusted', () => {
    const trusted = certificates({ dnsNames: ['other.com'] }, null, [{ ...longAgo, notAfter: '2026-11-19T00:00:00Z' }]);
    expect(verdictOf([...upTo.connection(), handshake(), trusted, ...later])).toBe('failed tls.name-mismatch');
  });

  test('counts where every path leads through it', () => {
    const through = judged(
      { openssl: 'CERT_HAS_EXPIRED' },
      [path(2, 'anchor', [[1, 'expired']])],
      [
        pathCertificate('CN=www.shop.com', leaf),
        pathCertificate('CN=Root', { notBefore: dates.notBefore, notAfter: '2026-11-01T00:00:00Z' }),
      ],
    );
    expect(verdictOf([...upTo.connection(), handshake(), chain, through, ...later])).toBe('failed tls.cert-expired');
  });
});
