import type { CertificateSet } from '../../authority/authorities.ts';
import { servedCertificate } from '../../authority/certificate-set.ts';
import type { NetNamespaces } from '../../kernel/net-namespace.ts';
import { boundSocket } from '../../kernel/socket.ts';
import { securedBy } from '../../scenario/certificates.ts';
import type { OddServerChange } from '../../scenario/change.ts';
import { links, type Place, wellKnownAddresses } from '../../topology/plan.ts';
import { serveDns } from './dns-server.ts';
import { serveFullQueue } from './full-queue.ts';
import { HitCounter } from './hit-counter.ts';
import { serveProxy } from './proxy.ts';
import { serveHello, serveOld, serveRequest, serveScript } from './stream-server.ts';

/** Starts an odd server on its addresses; it listens when this returns, and lives as long as the lab. */
export function startOddServer(namespaces: NetNamespaces, change: OddServerChange, certificates: CertificateSet): HitCounter {
  const hits = new HitCounter();
  const { behavior, port, at } = change;
  const secured = securedBy(behavior);
  const secure = secured && servedCertificate(certificates, secured);
  for (const address of change.on ?? placeAddresses(at)) {
    const tcp = (backlog?: number): number => namespaces.within(at, () => boundSocket('tcp', address, port, backlog));
    if ('script' in behavior) serveScript(tcp(), behavior.script, secure, hits);
    else if ('hello' in behavior) serveHello(tcp(), behavior.hello, secure!, hits);
    else if ('request' in behavior) serveRequest(tcp(), behavior.request, secure, hits);
    else if ('old' in behavior) serveOld(tcp(), behavior.old, hits);
    else if ('proxy' in behavior) serveProxy(tcp(), behavior.proxy, hits);
    else if ('fullQueue' in behavior) namespaces.within(at, () => serveFullQueue(address, port));
    else {
      const udp = namespaces.within(at, () => boundSocket('udp', address, port));
      const upstream = (): number => namespaces.within(at, () => boundSocket('udp', address.includes(':') ? '::' : '0.0.0.0', 0));
      serveDns({ udp, tcp: behavior.dns.tcp === false ? null : tcp(), upstream, six: address.includes(':') }, behavior.dns, hits);
    }
  }
  return hits;
}

/** Every address of a place, as the plan gives them. */
function placeAddresses(place: Place): string[] {
  const onCables = links.flatMap(({ a, b }) => [a, b]).filter((end) => end.place === place);
  const own = onCables.flatMap((end) => end.addresses.map((address) => address.slice(0, address.indexOf('/'))));
  return [...own, ...(wellKnownAddresses[place] ?? [])];
}
