import { allPlaces } from '../topology/plan.ts';
import type {
  CertificateSpec,
  DelegationChange,
  DnsBehavior,
  FilterChange,
  FrontendChange,
  HaproxyChange,
  HelloBehavior,
  IpChange,
  LinkChange,
  NginxChange,
  OddServerChange,
  OldServerBehavior,
  ProxyChange,
  Question,
  RequestBehavior,
  ScriptBehavior,
  SiteChange,
  SysctlChange,
  TrustChange,
  UnboundChange,
  ZoneChange,
} from './change.ts';
import type { ChangeKind } from './changes-of.ts';
import {
  bytes,
  type Check,
  either,
  fields,
  flag,
  integer,
  listOf,
  number,
  oneOf,
  only,
  optional,
  pattern,
  recordOf,
  taggedBy,
  text,
} from './shape.ts';

export const place: Check = oneOf(...allPlaces);
const lines = listOf(text);
const addressText = text;

const certificate: Check = fields<CertificateSpec>({
  names: optional(lines),
  addresses: optional(lines),
  commonName: optional(text),
  notBeforeDays: optional(integer),
  notAfterDays: optional(integer),
  subject: optional(oneOf('organization', 'none')),
  key: optional(oneOf('ec-p256', 'ec-p384', 'rsa-512', 'rsa-1024', 'rsa-2048', 'rsa-3072', 'rsa-4096', 'ed25519')),
  hash: optional(oneOf('sha256', 'sha384', 'sha512', 'sha1', 'md5')),
  authority: optional(text),
  issuer: optional(
    oneOf(
      'public',
      'public-direct',
      'private',
      'inspection',
      'self',
      'expired-intermediate',
      'constrained',
      'cross-expired',
      'public-rsa',
      'sha1-intermediate',
    ),
  ),
  chain: optional(oneOf('full', 'none', 'with-root', 'reversed', 'long', 'unrelated')),
  usage: optional(oneOf('server', 'client', 'none')),
  issuerUrls: optional(lines),
  ocspUrls: optional(lines),
  revoked: optional(oneOf(true, 'asked')),
  list: optional(oneOf('listed', 'clean', 'of-another', 'out-of-date')),
});

const script: Check = listOf(
  taggedBy({
    await: only('await', either(oneOf('client-hello', 'request'), integer)),
    send: only('send', bytes),
    pauseMs: only('pauseMs', number),
    finish: only('finish', oneOf('reset', 'close', 'cut', 'hold')),
  }),
  1,
);

const dnsBehavior: Check = fields<DnsBehavior>({
  upstream: optional(addressText),
  when: optional(
    fields<NonNullable<DnsBehavior['when']>>({
      type: optional(text),
      name: optional(text),
      edns: optional(flag),
      recursive: optional(flag),
      everyNth: optional(integer),
      transport: optional(oneOf('udp', 'tcp')),
    }),
  ),
  does: either(
    oneOf(
      'silence',
      'servfail',
      'refused',
      'formerr',
      'notimp',
      'nxdomain',
      'no-data',
      'truncate',
      'wrong-id',
      'wrong-question',
      'garbage',
      'close',
    ),
    only('delayMs', number),
    only('answer', lines),
  ),
  tcp: optional(flag),
});

const behavior: Check = taggedBy({
  script: only(
    'script',
    fields<ScriptBehavior>({
      steps: script,
      secure: optional(certificate),
      handshakeAfterMs: optional(number),
      stallAfterBytes: optional(integer),
    }),
  ),
  hello: only(
    'hello',
    fields<HelloBehavior>({
      secure: certificate,
      when: fields<HelloBehavior['when']>({ serverName: optional(text), named: optional(flag), aboveBytes: optional(integer) }),
      steps: script,
    }),
  ),
  old: only('old', fields<OldServerBehavior>({ version: integer, suites: listOf(integer, 1) })),
  request: only('request', fields<RequestBehavior>({ secure: optional(certificate), when: pattern, steps: script })),
  dns: only('dns', dnsBehavior),
  proxy: only('proxy', either(oneOf('auth-required', 'denied', 'bad-gateway', 'gateway-timeout', 'silent'), only('policyPage', text))),
  fullQueue: only('fullQueue', oneOf(true)),
});

const contents: Record<ChangeKind, Check> = {
  stop: place,
  filter: fields<FilterChange>({
    name: text,
    at: place,
    hook: oneOf('prerouting', 'input', 'forward', 'output', 'postrouting', 'srcnat', 'dstnat'),
    match: text,
    does: optional(text),
    declares: optional(lines),
  }),
  zone: fields<ZoneChange>({
    zone: text,
    at: optional(listOf(place)),
    add: optional(lines),
    remove: optional(lines),
    signatures: optional(oneOf('valid', 'expired', 'early', 'false', 'none')),
    serial: optional(integer),
    absent: optional(oneOf(true)),
  }),
  delegation: fields<DelegationChange>({
    zone: text,
    ds: optional(oneOf('right', 'wrong', 'none')),
    removed: optional(oneOf(true)),
    nameServers: optional(lines),
  }),
  site: fields<SiteChange>({
    certificate: optional(certificate),
    certificateAt: optional(recordOf(certificate)),
    defaultCertificate: optional(certificate),
    protocols: optional(text),
    ciphers: optional(text),
    dhParameters: optional(text),
    http2: optional(flag),
    names: optional(lines),
    server: optional(lines),
    locations: optional(recordOf(lines)),
    plainLocations: optional(recordOf(lines)),
    notOn: optional(lines),
  }),
  link: fields<LinkChange>({
    name: text,
    between: listOf(place, 2),
    direction: optional(oneOf('forth', 'back')),
    delayMs: optional(number),
    jitterMs: optional(number),
    loss: optional(number),
    duplicate: optional(number),
    reorder: optional(number),
    rateBps: optional(number),
    queueBytes: optional(number),
    dropAboveBytes: optional(integer),
    seed: optional(integer),
  }),
  resolvConf: lines,
  hostsFile: lines,
  ip: fields<IpChange>({ at: place, lines }),
  sysctl: fields<SysctlChange>({ at: place, key: text, value: text }),
  odd: fields<OddServerChange>({ name: text, at: place, on: optional(lines), port: integer, behavior }),
  dnsmasq: lines,
  unbound: fields<UnboundChange>({ at: oneOf('resolver', 'public'), server: optional(lines), append: optional(lines) }),
  nginx: fields<NginxChange>({
    at: oneOf('edge', 'origin'),
    http: optional(lines),
    server: optional(lines),
    files: optional(recordOf((value, path) => (typeof value === 'string' ? [] : [`${path} is not a text`]))),
  }),
  haproxy: fields<HaproxyChange>({ lines }),
  frontend: fields<FrontendChange>({ server: oneOf('varnish', 'apache', 'caddy'), lines: optional(lines) }),
  proxy: fields<ProxyChange>({ lines }),
  trust: fields<TrustChange>({
    add: optional(listOf(oneOf('private', 'inspection', 'old-root'))),
    without: optional(listOf(oneOf('public', 'new-root'))),
  }),
  dhcp: oneOf(true),
  stand: oneOf('lan-host', 'transit-2'),
  ask: fields<Question>({ server: addressText, name: text, types: lines }),
  visit: fields<{ address: string; path: string }>({ address: addressText, path: text }),
};

/** Checks one change of the network. */
export const change: Check = taggedBy(Object.fromEntries(Object.entries(contents).map(([kind, check]) => [kind, only(kind, check)])));
