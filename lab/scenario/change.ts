import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Place } from '../topology/plan.ts';

/** What a scenario does to the healthy network. Every kind is plain data; several combine. */
export type Change =
  | { stop: Place }
  | { filter: FilterChange }
  | { zone: ZoneChange }
  | { delegation: DelegationChange }
  | { site: SiteChange }
  | { link: LinkChange }
  | { resolvConf: readonly string[] }
  | { hostsFile: readonly string[] }
  | { ip: IpChange }
  | { sysctl: SysctlChange }
  | { odd: OddServerChange }
  | { dnsmasq: readonly string[] }
  | { unbound: UnboundChange }
  | { nginx: NginxChange }
  | { haproxy: HaproxyChange }
  | { frontend: FrontendChange }
  | { proxy: ProxyChange }
  | { trust: TrustChange }
  | { stand: 'lan-host' | 'transit-2' }
  | { ask: Question }
  /** The client has no IPv4 address of its own and asks for one (RFC 2131), a few times. */
  | { dhcp: true }
  /** Somebody else's request before the walk, by https. */
  | { visit: { address: string; path: string } };

/** Something the lab asks a resolver before the walk, as other people's traffic would have: its cache is warm then. */
export interface Question {
  server: string;
  name: string;
  types: readonly string[];
}

/** A packet filter rule with a counter of its own name. */
export interface FilterChange {
  /** Names the counter; unique within the scenario. */
  name: string;
  at: Place;
  /** Where in the machine's path: nftables hooks; `srcnat` and `dstnat` are NAT chains. */
  hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'srcnat' | 'dstnat';
  /** nftables match expressions. */
  match: string;
  /** nftables statements after the counter; without them the rule only counts. */
  does?: string;
  /** Declarations the rule refers to, such as sets. */
  declares?: readonly string[];
}

/** Changes to a zone's content. */
export interface ZoneChange {
  /** `.` for the root. */
  zone: string;
  /** Only as these name servers serve it; default all of the zone's. */
  at?: readonly Place[];
  /** Lines `name ttl type data`. */
  add?: readonly string[];
  /** `name` or `name TYPE`. */
  remove?: readonly string[];
  /** `false`: the signatures over addresses and aliases do not verify. */
  signatures?: 'valid' | 'expired' | 'early' | 'false' | 'none';
  serial?: number;
  /** The server does not know the zone at all. */
  absent?: true;
}

/** Changes to what a parent says of a zone. */
export interface DelegationChange {
  zone: string;
  ds?: 'right' | 'wrong' | 'none';
  removed?: true;
  /** Lines in place of the NS records. */
  nameServers?: readonly string[];
}

/** What a certificate shall be. Everything left out is as a well-run site has it. */
export interface CertificateSpec {
  /** Names on it; default the site's. */
  names?: readonly string[];
  addresses?: readonly string[];
  commonName?: string;
  /** Days from now. */
  notBeforeDays?: number;
  notAfterDays?: number;
  /** `organization`: no common name; `none`: no subject at all, the names alone. */
  subject?: 'organization' | 'none';
  key?: 'ec-p256' | 'ec-p384' | 'rsa-512' | 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ed25519';
  /** Of the issuer's signature; `md5` needs an issuer with an RSA key. */
  hash?: 'sha256' | 'sha384' | 'sha512' | 'sha1' | 'md5';
  /**
   * Who signed: `public`, the intermediate of the authority clients trust (default); `public-direct`, its root; `private`, an authority nobody
   * trusts by default; `inspection`, a firewall vendor's; `self`; `expired-intermediate`; `constrained`, an intermediate that may not sign for this
   * name; `public-rsa`, an intermediate with an RSA key; `sha1-intermediate`, one certified with SHA-1; `cross-expired`, an intermediate of a newer root that is also certified by an older, expired root.
   */
  issuer?:
    | 'public'
    | 'public-direct'
    | 'private'
    | 'inspection'
    | 'self'
    | 'expired-intermediate'
    | 'constrained'
    | 'cross-expired'
    | 'public-rsa'
    | 'sha1-intermediate';
  /** In place of `issuer`: a root of this name, which nobody trusts. */
  authority?: string;
  /** What the server sends after the leaf. Default: what the issuer needs. */
  chain?: 'full' | 'none' | 'with-root' | 'reversed' | 'long' | 'unrelated';
  usage?: 'server' | 'client' | 'none';
  /** caIssuers URLs. */
  issuerUrls?: readonly string[];
  /** OCSP URLs. */
  ocspUrls?: readonly string[];
  /** The server staples a response that says revoked; with `asked`, the authority's responder says so and the server staples nothing. */
  revoked?: true | 'asked';
  /** The certificate names the authority's revocation list. It is on it; it is not; or a list of another authority, or one out of date, has it. */
  list?: 'listed' | 'clean' | 'of-another' | 'out-of-date';
}

/** The site's front door at the edge, an nginx. */
export interface SiteChange {
  certificate?: CertificateSpec;
  /** By address, where addresses differ. */
  certificateAt?: Readonly<Record<string, CertificateSpec>>;
  /** For other names and clients without SNI. */
  defaultCertificate?: CertificateSpec;
  /** `ssl_protocols`; default TLS 1.2 and 1.3. */
  protocols?: string;
  /** `ssl_ciphers` with its argument. */
  ciphers?: string;
  /** The group of DHE (`ssl_dhparam`), PEM. */
  dhParameters?: string;
  /** ALPN with HTTP/2; default true. */
  http2?: boolean;
  /** Further names of the site. */
  names?: readonly string[];
  /** More directives of the https server. */
  server?: readonly string[];
  /** Directives by location; `/` replaces the standing proxy to the origin. */
  locations?: Readonly<Record<string, readonly string[]>>;
  /** By location, of the server on port 80; `/` replaces the standing redirect to https. */
  plainLocations?: Readonly<Record<string, readonly string[]>>;
  /** Addresses (of port 443) the edge shall not listen on. */
  notOn?: readonly string[];
}

/** More nginx configuration, as text. */
export interface NginxChange {
  at: 'edge' | 'origin';
  /** In the http block. */
  http?: readonly string[];
  /** In the origin's one server. */
  server?: readonly string[];
  /** Files of the document root. */
  files?: Readonly<Record<string, string>>;
}

/** HAProxy in place of nginx at the edge. Sections as text; `{certificate}` stands for the site's certificate file. */
export interface HaproxyChange {
  lines: readonly string[];
}

/** Another real proxy in place of nginx at the edge, passing everything on to the origin. Lines as text, see `servers/frontend.ts`. */
export interface FrontendChange {
  /** varnish speaks plain http on port 80; apache https; caddy https and HTTP/3. */
  server: 'varnish' | 'apache' | 'caddy';
  lines?: readonly string[];
}

/** Impairments of one direction or both, see `link/impairment.ts`. */
export interface LinkChange {
  /** Names its counters. */
  name: string;
  between: readonly [Place, Place];
  /** From the first to the second, or back; default both. */
  direction?: 'forth' | 'back';
  delayMs?: number;
  jitterMs?: number;
  /** 0 to 1. */
  loss?: number;
  duplicate?: number;
  reorder?: number;
  /** Bits per second. */
  rateBps?: number;
  /** Bytes waiting at most when a rate is set. */
  queueBytes?: number;
  /** IP packets of more bytes vanish. */
  dropAboveBytes?: number;
  seed?: number;
}

/** `ip` batch lines, run in a place after everything stands. */
export interface IpChange {
  at: Place;
  lines: readonly string[];
}

export interface SysctlChange {
  at: Place;
  /** Path below /proc/sys. */
  key: string;
  value: string;
}

/** A small server that misbehaves, see `servers/odd`. */
export interface OddServerChange {
  /** Names its hit counter. */
  name: string;
  at: Place;
  /** Addresses it listens on; default all of the place. */
  on?: readonly string[];
  port: number;
  behavior: OddBehavior;
}

/** What an odd server does. */
export type OddBehavior =
  | { script: ScriptBehavior }
  | { hello: HelloBehavior }
  | { request: RequestBehavior }
  | { old: OldServerBehavior }
  | { dns: DnsBehavior }
  | { proxy: ProxyBehavior }
  /** Listens and never accepts; its queue is full, so that SYNs are dropped. */
  | { fullQueue: true };

/** Plays one script on every connection. */
export interface ScriptBehavior {
  steps: ConnectionScript;
  /** Inside TLS with this certificate; without it on the bare connection. */
  secure?: CertificateSpec;
  /** The ClientHello is left waiting for so long. */
  handshakeAfterMs?: number;
  /** Of the server's own bytes below TLS, only so many are ever sent. */
  stallAfterBytes?: number;
}

/** Decides by the ClientHello (RFC 8446 section 4.1.2): those that match get the steps on the bare connection, others a handshake and a page. */
export interface HelloBehavior {
  secure: CertificateSpec;
  /** All must hold. `named`: whether a server name was sent; `aboveBytes`: size of the hello's record. */
  when: { serverName?: string; named?: boolean; aboveBytes?: number };
  steps: ConnectionScript;
}

/**
 * A server as old as this one's libraries cannot be: it answers a hello that offers one of its suites with a ServerHello that chooses version and
 * suite, and stops there; others get the alert handshake_failure.
 */
export interface OldServerBehavior {
  /** 0x0300 for SSL 3.0, and so on. */
  version: number;
  /** Most preferred first. */
  suites: readonly number[];
}

/** Decides by the request: those that match get the steps, others a page. */
export interface RequestBehavior {
  secure?: CertificateSpec;
  /** A regular expression over the request's header as sent. */
  when: string;
  steps: ConnectionScript;
}

/** A resolver in front of a real one that treats some questions differently. */
export interface DnsBehavior {
  /** Where other questions go; default the provider's resolver. */
  upstream?: string;
  /** Which questions. All must hold; none given: all. */
  when?: { type?: string; name?: string; edns?: boolean; recursive?: boolean; everyNth?: number; transport?: 'udp' | 'tcp' };
  does:
    | 'silence'
    | 'servfail'
    | 'refused'
    | 'formerr'
    | 'notimp'
    | 'nxdomain'
    | 'no-data'
    | 'truncate'
    | 'wrong-id'
    | 'wrong-question'
    | 'garbage'
    | 'close'
    | { delayMs: number }
    | { answer: readonly string[] };
  /** Also over TCP; default true. */
  tcp?: boolean;
}

/** A forward proxy (RFC 9110 section 9.3.6) that does not tunnel; squid does. */
export type ProxyBehavior = 'auth-required' | 'denied' | 'bad-gateway' | 'gateway-timeout' | 'silent' | { policyPage: string };

/** More of unbound's configuration, as text, in the `server:` clause, or appended. */
export interface UnboundChange {
  at: 'resolver' | 'public';
  server?: readonly string[];
  append?: readonly string[];
}

/** A squid on the home network. Lines go before the standing ones. */
export interface ProxyChange {
  lines: readonly string[];
}

/** Whom the client trusts beside, or in place of, the public authority. */
export interface TrustChange {
  add?: readonly ('private' | 'inspection' | 'old-root')[];
  without?: readonly ('public' | 'new-root')[];
}
