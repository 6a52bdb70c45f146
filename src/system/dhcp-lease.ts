import { isIP } from 'node:net';
import type { LeaseFacts } from '../ports/host.ts';

/** Readers of the leases that DHCP clients keep, each in its own form. Hostile or unknown text gives no lease; nothing throws. */

/** A lease file is small; a client that never cleans up may repeat itself. */
const mostLeases = 64;

type Values = ReadonlyMap<string, string>;

function addressesIn(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,{}]+/u).filter((word) => isIP(word) !== 0);
}

function isoTime(milliseconds: number): string | null {
  return Number.isFinite(milliseconds) && Math.abs(milliseconds) < 8.64e15 ? new Date(milliseconds).toISOString() : null;
}

/** RFC 8910 section 2: an https URI; `urn:ietf:params:capport:unrestricted` says that there is no portal. */
function portalIn(text: string | undefined): string | null {
  return text !== undefined && /^https?:\/\//iu.test(text) && URL.canParse(text) ? text : null;
}

/** A lease of an address, or null when there is none. */
function leaseOf(
  address: string | undefined,
  interfaceName: string | null,
  values: { server: string | undefined; routers: string | undefined; resolvers: string | undefined; portal: string | undefined },
  expiresAt: string | null,
  source: string,
): LeaseFacts | null {
  if (address === undefined || isIP(address) !== 4) return null;
  return {
    interface: interfaceName,
    address,
    dhcpServer: addressesIn(values.server)[0] ?? null,
    routers: addressesIn(values.routers),
    resolvers: addressesIn(values.resolvers),
    expiresAt,
    portalUrl: portalIn(values.portal),
    source,
  };
}

/**
 * dhclient.leases(5) of ISC's client: blocks, the last of an interface being its newest. Times are UTC, `expire 6 2026/11/21 17:04:46;`, or
 * `expire epoch 1795280686;`.
 */
export function parseDhclientLeases(text: string, source: string): LeaseFacts[] {
  const leases = new Map<string, LeaseFacts>();
  for (const [, block = ''] of [...text.matchAll(/^lease\s*\{([^}]*)\}/gmu)].slice(-mostLeases)) {
    const values = new Map<string, string>();
    for (const [, name = '', value = ''] of block.matchAll(/^\s*(?:option\s+)?([\w-]+)\s+([^;]*);/gmu)) values.set(name, unquoted(value));
    const interfaceName = values.get('interface') ?? null;
    const lease = leaseOf(
      values.get('fixed-address'),
      interfaceName,
      {
        server: values.get('dhcp-server-identifier'),
        routers: values.get('routers'),
        resolvers: values.get('domain-name-servers'),
        portal: values.get('v4-captive-portal') ?? values.get('default-url') ?? values.get('unknown-114'),
      },
      dhclientTime(values.get('expire')),
      source,
    );
    if (lease !== null) leases.set(interfaceName ?? '', lease);
  }
  return [...leases.values()];
}

function unquoted(value: string): string {
  return value.trim().replace(/^"(.*)"$/su, '$1');
}

function dhclientTime(text: string | undefined): string | null {
  const epoch = /^epoch (\d{1,12})/u.exec(text ?? '')?.[1];
  if (epoch !== undefined) return isoTime(Number(epoch) * 1000);
  const [, year, month, day, hour, minute, second] = /^\d (\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)/u.exec(text ?? '') ?? [];
  return year === undefined ? null : isoTime(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`));
}

/** One of systemd-networkd's files, `NAME=value` lines. The file tells the length of the lease and not its beginning: `writtenMs` is when it was written. */
export function parseNetworkdLease(text: string, interfaceName: string | null, writtenMs: number, source: string): LeaseFacts | null {
  const values: Values = new Map([...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gmu)].map(([, name = '', value = '']) => [name, unquoted(value)]));
  const seconds = Number(/^(\d{1,10})(?:s)?$/u.exec(values.get('LIFETIME') ?? '')?.[1] ?? Number.NaN);
  return leaseOf(
    values.get('ADDRESS'),
    interfaceName,
    {
      server: values.get('SERVER_ADDRESS'),
      routers: values.get('ROUTER'),
      resolvers: values.get('DNS'),
      portal: values.get('CAPTIVE_PORTAL'),
    },
    isoTime(writtenMs + seconds * 1000),
    source,
  );
}

/** `nmcli -t -f GENERAL.DEVICE,DHCP4 device show`: `DHCP4.OPTION[3]:expiry = 1795280686`, one block of lines for each device. */
export function parseNmcliLeases(text: string, source: string): LeaseFacts[] {
  const leases: LeaseFacts[] = [];
  for (const block of text.split(/^GENERAL\.DEVICE:/mu).slice(1, mostLeases)) {
    const interfaceName = /^(\S+)/u.exec(block)?.[1] ?? null;
    const values: Values = new Map(
      [...block.matchAll(/^DHCP4\.OPTION\[\d+\]:\s*([\w-]+) = (.*)$/gmu)].map(([, name = '', value = '']) => [name, value.trim()]),
    );
    const expiry = values.get('expiry');
    const lease = leaseOf(
      values.get('ip_address'),
      interfaceName,
      {
        server: values.get('dhcp_server_identifier'),
        routers: values.get('routers'),
        resolvers: values.get('domain_name_servers'),
        // nmcli writes a backslash before colons in its terse form.
        portal: (values.get('default_url') ?? values.get('captive_portal'))?.replaceAll('\\:', ':'),
      },
      expiry !== undefined && /^\d{1,12}$/u.test(expiry) ? isoTime(Number(expiry) * 1000) : null,
      source,
    );
    if (lease !== null) leases.push(lease);
  }
  return leases;
}

/** `ipconfig getpacket en0` of macOS: the answer of the server as it came; it does not tell when. */
export function parseGetPacket(text: string, interfaceName: string, source: string): LeaseFacts | null {
  const values: Values = new Map(
    [...text.matchAll(/^\s*([\w-]+)(?: \([a-z0-9_]+\): | = )(.*)$/gmu)].map(([, name = '', value = '']) => [name, value.trim()]),
  );
  return leaseOf(
    values.get('yiaddr'),
    interfaceName,
    {
      server: values.get('server_identifier'),
      routers: values.get('router'),
      resolvers: values.get('domain_name_server'),
      portal: values.get('captive_portal') ?? values.get('url'),
    },
    null,
    source,
  );
}
