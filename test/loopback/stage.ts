import { networkInterfaces } from 'node:os';
import { CertificateAuthority, type Leaf, type LeafRequest } from '../../lab/certificates.ts';
import type { ConnectionScript } from '../../lab/loopback/connection-script.ts';
import { type DnsServerOptions, startDnsServer } from '../../lab/loopback/dns-server.ts';
import type { DnsNameData, DnsZone } from '../../lab/loopback/dns-zone.ts';
import { type ProxyOptions, startProxy } from '../../lab/loopback/proxy.ts';
import { type SilentListener, startSilentListener } from '../../lab/loopback/silent-listener.ts';
import { type Pages, type SiteOptions, startSite } from '../../lab/loopback/site.ts';
import { startScriptedServer } from '../../lab/loopback/tcp-server.ts';
import type { Walked } from './scenario.ts';

const siteAddress = '127.0.0.1';

/** Where scenarios are set up: real servers on loopback, one private authority, everything gone after `strike`. */
export class Stage {
  readonly root: CertificateAuthority;
  readonly #running: { stop(): Promise<void> }[] = [];

  private constructor(root: CertificateAuthority) {
    this.root = root;
  }

  static async open(): Promise<Stage> {
    return new Stage(await CertificateAuthority.createRoot({ commonName: 'Stage root' }));
  }

  /** Stops every server started since the last call. */
  async strike(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((server) => server.stop()));
  }

  /** Starts a server that `strike` will stop. */
  async start<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    this.#running.push(server);
    return server;
  }

  leaf(request: LeafRequest = {}): Promise<Leaf> {
    return this.root.issue({ names: ['site.test'], ...request });
  }

  /** A resolver; without a zone, `site.test` has the address all servers here listen on. */
  async resolver(
    zone: DnsZone = { 'site.test': { records: { A: [siteAddress] } } },
    options: Omit<DnsServerOptions, 'zone'> = {},
  ): Promise<string> {
    return (await this.start(startDnsServer({ zone, ...options }))).endpoint;
  }

  /** A healthy https site whose name the resolver answers like this. */
  async named(answer: DnsNameData | null, more: DnsZone = {}, options: Omit<DnsServerOptions, 'zone'> = {}): Promise<Walked> {
    const site = await this.start(startSite({ tls: await this.leaf() }));
    const zone = answer === null ? more : { 'site.test': answer, ...more };
    return this.#walked('https', site.port, '/', { resolvers: [await this.resolver(zone, options)] });
  }

  /** The site's port plays this script, inside TLS or in its place. */
  async scripted(
    script: ConnectionScript,
    how: { tls?: boolean; scheme?: 'http' | 'https'; handshakeAfterMs?: number } = {},
  ): Promise<Walked> {
    const tls = how.tls ? { tls: await this.leaf() } : {};
    const pause = how.handshakeAfterMs === undefined ? {} : { handshakeAfterMs: how.handshakeAfterMs };
    const server = await this.start(startScriptedServer({ script, address: siteAddress, ...tls, ...pause }));
    return this.#walked(how.scheme ?? 'https', server.port, '/');
  }

  /** A healthy site with this certificate. */
  async certified(leaf: Leaf, tlsOptions: NonNullable<SiteOptions['tlsOptions']> = {}): Promise<Walked> {
    const site = await this.start(startSite({ tls: leaf, tlsOptions }));
    return this.#walked('https', site.port, '/');
  }

  /** An https site with these pages. */
  async site(pages: Pages, path = '/', zone?: DnsZone): Promise<Walked> {
    const site = await this.start(startSite({ tls: await this.leaf(), pages }));
    return this.#walked('https', site.port, path, zone ? { resolvers: [await this.resolver(zone)] } : {});
  }

  /** An https reverse proxy in front of this upstream. */
  async proxied(options: Omit<ProxyOptions, 'tls'>): Promise<Walked> {
    const proxy = await this.start(startProxy({ ...options, tls: await this.leaf() }));
    return this.#walked('https', proxy.port, '/');
  }

  /** The name leads to this port of the site's address, whatever is there. */
  at(port: number, scheme: 'http' | 'https' = 'https'): Promise<Walked> {
    return this.#walked(scheme, port, '/');
  }

  silent(address = '127.0.0.1', port = 0): Promise<SilentListener> {
    return this.start(startSilentListener(address, port));
  }

  async #walked(scheme: 'http' | 'https', port: number, path: string, more: Partial<Walked> = {}): Promise<Walked> {
    const resolvers = more.resolvers ?? [await this.resolver()];
    return { url: `${scheme}://site.test:${port}${path}`, ca: this.root.certificate.pem, ...more, resolvers };
  }
}

/** Whether this host's loopback has ::1; containers often do not. */
export const hasIpv6Loopback: boolean = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
