import { isIP } from 'node:net';
import type { ResolverFacts } from '../ports/host.ts';

const dnsPort = 53;
/** resolv.h MAXNS: the C library asks no more than the first three. */
const mostServers = 3;
/** resolv.h RES_MAXNDOTS: larger values are cut to it. */
const mostDots = 15;
/** Addresses systemd-resolved's stub listens on. */
const stubAddresses = new Set(['127.0.0.53', '127.0.0.54']);

/**
 * resolv.conf(5) as the C library reads it: the last of `search` and `domain` wins, at most three servers, `ndots` at most 15, comments only
 * at the start of a line. The environment's `LOCALDOMAIN` and `RES_OPTIONS` override it.
 */
export function parseResolvConf(text: string, environment: Readonly<Record<string, string | undefined>> = {}): ResolverFacts {
  const servers: string[] = [];
  let search: string[] = [];
  let ndots = 1;
  const readOptions = (options: readonly string[]): void => {
    for (const option of options) {
      const dots = /^ndots:(\d+)/u.exec(option)?.[1];
      if (dots !== undefined) ndots = Math.min(Number(dots), mostDots);
    }
  };
  for (const line of text.split(/\r\n|\n|\r/u)) {
    const [keyword, ...values] = line.split(/[ \t]+/u).filter((word) => word !== '');
    if (keyword === undefined || line.startsWith('#') || line.startsWith(';')) continue;
    const [first] = values;
    if (keyword === 'nameserver' && first !== undefined && isIP(first) !== 0) servers.push(first);
    else if (keyword === 'domain' && first !== undefined) search = [first];
    else if (keyword === 'search') search = values;
    else if (keyword === 'options') readOptions(values);
  }
  const localDomain = environment.LOCALDOMAIN?.trim();
  if (localDomain !== undefined && localDomain !== '') search = localDomain.split(/\s+/u);
  readOptions(environment.RES_OPTIONS?.split(/\s+/u) ?? []);
  const asked = servers.slice(0, mostServers);
  return {
    source: asked.some((address) => stubAddresses.has(address)) ? 'systemd-resolved' : 'resolv.conf',
    servers: asked.map((address) => ({ address, port: dnsPort })),
    search,
    ndots,
  };
}
