import { CertificateAuthority } from '../certificates.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import type { DnsNameData, DnsZone } from './dns-zone.ts';
import { truncatedByLength } from './misbehaviours.ts';
import { startProxy } from './proxy.ts';
import { type Site, startSite } from './site.ts';
import { closedPort, startScriptedServer } from './tcp-server.ts';

/** Ways to break the practice site, `none` included. */
export const practiceFaults = ['none', 'name-missing', 'port-closed', 'certificate-expired', 'bad-gateway', 'body-truncated'] as const;

export type PracticeFault = (typeof practiceFaults)[number];

const host = 'shop.test';
/** An address of its own, so that the port stays free when the site leaves it for a while. */
const address = '127.80.80.80';
const dayMs = 86_400_000;

type Running = Pick<Site, 'stop'>;

/**
 * One small https shop on loopback with its own resolver and certificate authority, that can be broken and mended: the URL stays the same throughout,
 * as it does for the people whose site is down. Needs neither privileges nor a network.
 */
export class PracticeSite {
  readonly url: string;
  /** The resolver that knows the name, as `--resolver` takes it. */
  readonly resolver: string;
  /** PEM of the authority behind the site's certificates. */
  readonly authorityPem: string;
  readonly #authority: CertificateAuthority;
  readonly #dns: DnsServer;
  readonly #names: Record<string, DnsNameData>;
  readonly #port: number;
  #running: Running[] = [];

  private constructor(authority: CertificateAuthority, dns: DnsServer, names: Record<string, DnsNameData>, port: number) {
    this.#authority = authority;
    this.#dns = dns;
    this.#names = names;
    this.#port = port;
    this.url = `https://${host}:${port}/`;
    this.resolver = dns.endpoint;
    this.authorityPem = authority.certificate.pem;
  }

  /** Starts it healthy. Rejects when loopback addresses cannot be listened on. */
  static async start(): Promise<PracticeSite> {
    const authority = await CertificateAuthority.createRoot({ commonName: 'Practice root' });
    const names: Record<string, DnsNameData> = {};
    const zone: DnsZone = names;
    const site = new PracticeSite(authority, await startDnsServer({ zone }), names, await closedPort(address));
    await site.become('none');
    return site;
  }

  /** Mends what was broken, then breaks it this way. */
  async become(fault: PracticeFault): Promise<void> {
    await Promise.all(this.#running.splice(0).map((server) => server.stop()));
    this.#names[host] = fault === 'name-missing' ? { rcode: 'NXDOMAIN' } : { records: { A: [address] } };
    this.#running = await this.#serve(fault);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.splice(0), this.#dns].map((server) => server.stop()));
  }

  async #serve(fault: PracticeFault): Promise<Running[]> {
    const now = Date.now();
    const expired = { notBefore: new Date(now - 93 * dayMs), notAfter: new Date(now - 3 * dayMs) };
    const tls = await this.#authority.issue({ names: [host], ...(fault === 'certificate-expired' ? expired : {}) });
    const at = { tls, address, port: this.#port };
    if (fault === 'port-closed') return [];
    if (fault === 'body-truncated') return [await startScriptedServer({ script: truncatedByLength, ...at })];
    if (fault === 'bad-gateway') return [await startProxy({ upstream: { address: '127.0.0.1', port: await closedPort() }, ...at })];
    return [await startSite(at)];
  }
}
