import { describe, expect, it } from 'vitest';
import { loadCLibrary } from '../../src/system/foreign-functions.ts';
import { systemHost } from '../../src/system/host.ts';
import { ipCommandTables } from '../../src/system/ip-command.ts';
import { netlinkTables } from '../../src/system/netlink-tables.ts';
import { isFailure, type NetworkTables } from '../../src/system/network-tables.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { procTables } from '../../src/system/proc-tables.ts';

const host = systemHost();

describe('what this host says about itself', () => {
  it('has a loopback interface and its address', async () => {
    const known = await host.links();
    if (isFailure(known)) throw new Error(known.raw);
    expect(known.links.filter((link) => link.loopback)).toEqual([expect.objectContaining({ up: true, medium: 'loopback' })]);
    expect(known.addresses).toContainEqual(
      expect.objectContaining({ address: '127.0.0.1', prefixLength: 8, scope: 'host', family: 'ipv4' }),
    );
  });

  it('reaches itself on-link', async () => {
    expect(await host.route('127.0.0.1')).toMatchObject({ found: true, gateway: null, sourceAddress: '127.0.0.1', family: 'ipv4' });
    expect(await host.route('no address')).toEqual({ name: 'invalid-argument' });
  });

  it('knows resolvers, hosts and proxies', async () => {
    const resolvers = await host.resolvers();
    expect(isFailure(resolvers) || Array.isArray(resolvers.servers)).toBe(true);
    const hosts = await host.hostsEntries('localhost');
    expect(isFailure(hosts) ? hosts : hosts.addresses).toContain('127.0.0.1');
    expect(await host.hostsEntries('no.such.name.example')).toMatchObject({ addresses: [] });
    expect(host.vantage().platform).toBe(process.platform);
  });

  it('a neighbour nobody asked for is absent', async () => {
    expect(await host.neighbor('127.0.0.99', 'lo')).toMatchObject({ state: 'absent', linkAddress: null });
  });

  it('every port is there', () => {
    const ports = systemPorts();
    expect(Object.keys(ports)).toEqual(
      expect.arrayContaining(['clock', 'datagrams', 'decompressor', 'host', 'names', 'randomBytes', 'tcp', 'tls']),
    );
    expect(ports.randomBytes(16)).toHaveLength(16);
    expect(ports.randomBytes(16)).not.toEqual(ports.randomBytes(16));
  });
});

describe.runIf(process.platform === 'linux')('three ways of asking Linux agree', () => {
  /** What all of them can know: order and the words for it differ. */
  async function summary(tables: NetworkTables): Promise<unknown> {
    const known = await tables.links();
    const defaults = await tables.defaultRoutes('ipv4');
    const route = await tables.route('127.0.0.1');
    return {
      links: isFailure(known)
        ? known
        : known.links.map((one) => [one.name, one.up, one.carrier, one.mtuBytes, one.linkAddress, one.medium]).sort(),
      addresses: isFailure(known)
        ? known
        : known.addresses
            .filter((one) => one.scope !== 'link')
            .map((one) => [one.interface, one.address, one.prefixLength, one.scope])
            .sort(),
      defaults: isFailure(defaults) ? defaults.raw : defaults.map((one) => [one.gateway, one.interface, one.mtuBytes]),
      route: isFailure(route) ? route : [route.found, route.gateway, route.interface, route.sourceAddress],
    };
  }

  it('files, the ip command, and rtnetlink', async () => {
    const library = await loadCLibrary();
    const files = await summary(procTables);
    if (!isFailure(library)) expect(await summary(netlinkTables(library))).toMatchObject(withoutUndecided(files));
    expect(await summary(ipCommandTables)).toMatchObject(withoutUndecided(files));
  });

  /** Where files cannot decide (another namespace's /sys, no default route in the main table), they say so and are not compared. */
  function withoutUndecided(files: unknown): object {
    return Object.fromEntries(Object.entries(files as object).filter(([, value]) => Array.isArray(value)));
  }
});
