import { isInNetwork, parseAddress } from '../model/address.ts';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';

/** Networks whose addresses say something about the inside of an organisation (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291). */
const internalNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'];

const ipv4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g;
const ipv4Reverse = /(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=\.in-addr\.arpa)/gi;
/** As names of machines in clouds and clusters have it: `ip-10-0-0-1.ec2.internal`. */
const ipv4Dashed = /(?<!\d|\d-)\d{1,3}(?:-\d{1,3}){3}(?!\d|-\d)/g;
const ipv6Reverse = /(?<![\w.])(?:[0-9a-f]\.){32}(?=ip6\.arpa)/gi;
const ipv6Encoded = /(?<=^|%5b|[^\w.%])(?:[0-9a-f]{0,4}%3a){2,7}[0-9a-f]{0,4}(?!\w|%3a)/gi;
/** IPv6 networks whose last 32 bits are an IPv4 address (RFC 4291 section 2.5.5.2, RFC 6052). */
const embeddingNetworks = ['::ffff:0:0/96', '64:ff9b::/96'];
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])/gi;
const linkAddress = /(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])/gi;
/** Keys of which the whole text names somebody's network or machine. */
const namingKeys: ReadonlySet<string> = new Set(['ssid']);

/**
 * Stands in for what says something about the inside: one name gets one pseudonym throughout, so that what belongs together still does.
 * Pseudonyms of addresses are addresses nobody has: 240.0.0.1, ... (RFC 1112 section 4) and 2001:db8:ffff::1, ... (RFC 3849).
 */
export class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #counts = { ipv4: 0, ipv6: 0, link: 0, name: 0 };

  /** Pairs of what was replaced and by what; not to be handed over. */
  get replaced(): number {
    return this.#known.size;
  }

  /** The pseudonym of an internal address; null for any other. */
  ofAddress(text: string): string | null {
    const [bare = '', zone] = text.split('%', 2);
    const parsed = parseAddress(bare);
    const network = embeddingNetworks.find((one) => isInNetwork(bare, one));
    if (parsed !== null && network !== undefined) {
      const embedded = this.ofAddress(dotted(parsed.value & 0xffff_ffffn));
      return embedded === null ? null : `${network.slice(0, network.startsWith('::ffff') ? 7 : network.indexOf('/'))}${embedded}`;
    }
    if (parsed === null || !internalNetworks.some((network) => isInNetwork(bare, network))) return null;
    const pseudonym =
      parsed.bits === 32
        ? this.#named(`4 ${parsed.value}`, 'ipv4', (count) => `240.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`)
        : this.#named(`6 ${parsed.value}`, 'ipv6', (count) => `2001:db8:ffff::${count.toString(16)}`);
    return zone === undefined ? pseudonym : `${pseudonym}%${zone}`;
  }

  ofLinkAddress(text: string): string {
    return this.#named(
      `link ${text.toLowerCase().replaceAll('-', ':')}`,
      'link',
      (count) => `02:00:00:00:${hex(count >> 8)}:${hex(count)}`,
    );
  }

  ofName(text: string): string {
    return this.#named(`name ${text}`, 'name', (count) => `name-${count}`);
  }

  text(text: string): string {
    return text
      .replace(linkAddress, (found) => this.ofLinkAddress(found))
      .replace(ipv4Reverse, (found, ...parts: string[]) => {
        const pseudonym = this.ofAddress(parts.slice(0, 4).reverse().join('.'));
        return pseudonym === null ? found : pseudonym.split('.').reverse().join('.');
      })
      .replace(ipv4Dashed, (found) => this.ofAddress(found.replaceAll('-', '.'))?.replaceAll('.', '-') ?? found)
      .replace(ipv6Reverse, (found) => this.#ofReverse(found) ?? found)
      .replace(ipv6Encoded, (found) => this.ofAddress(found.replaceAll(/%3a/gi, ':'))?.replaceAll(':', '%3A') ?? found)
      .replace(ipv4, (found) => this.ofAddress(found) ?? found)
      .replace(ipv6, (found) => this.ofAddress(found) ?? found);
  }

  /** Of the nibbles of an address, the last first, each with a dot. */
  #ofReverse(nibbles: string): string | null {
    const address = nibbles
      .split('.')
      .reverse()
      .join('')
      .replaceAll(/.{4}(?!$)/g, '$&:');
    const pseudonym = this.ofAddress(address);
    const parsed = pseudonym === null ? null : parseAddress(pseudonym);
    return parsed === null ? null : `${[...parsed.value.toString(16).padStart(32, '0')].reverse().join('.')}.`;
  }

  #named(key: string, kind: 'ipv4' | 'ipv6' | 'link' | 'name', make: (count: number) => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#counts[kind] += 1;
    const made = make(this.#counts[kind]);
    this.#known.set(key, made);
    return made;
  }
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

function hex(value: number): string {
  return (value & 255).toString(16).padStart(2, '0');
}

/** A copy of a report in which internal addresses, link-layer addresses, this host's name and names of wireless networks are pseudonyms. */
export function pseudonymized<T extends WalkReport | ReadReport>(report: T, pseudonyms: Pseudonyms): T {
  const host = report.schema === 'wirewalk.walk/1' ? report.vantage.host : '';
  const replaceHost = (text: string): string => (host.length < 2 ? text : text.replaceAll(host, pseudonyms.ofName(host)));
  const copy = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      // Raw bytes may hold an address in any form.
      if (key === 'sampleHex') return '';
      if (namingKeys.has(key)) return pseudonyms.ofName(value);
      return pseudonyms.text(key === 'host' || value.includes(host) ? replaceHost(value) : value);
    }
    if (Array.isArray(value)) return value.map((item) => copy(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name)]));
  };
  return copy(report, '') as T;
}
