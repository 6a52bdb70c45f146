import type { CertificateSet } from '../authority/authorities.ts';
import { servedCertificate } from '../authority/certificate-set.ts';
import { standingCertificates } from '../scenario/certificates.ts';
import type { Change, NginxChange, SiteChange } from '../scenario/change.ts';
import { changesOf } from '../scenario/changes-of.ts';
import { addresses, type Place, wellKnownAddresses } from '../topology/plan.ts';
import type { ZoneSet } from '../zones/zone-set.ts';
import type { Daemon } from './daemon.ts';
import { dnsmasqDaemon } from './dnsmasq.ts';
import { frontendDaemon } from './frontend.ts';
import { haproxyDaemon } from './haproxy.ts';
import { knotDaemon } from './knot.ts';
import { edgeAddresses, edgeDaemon, originDaemon } from './nginx.ts';
import { squidDaemon } from './squid.ts';
import { unboundDaemon } from './unbound.ts';

/** The real servers of a network with a scenario's changes in their configuration; stopped ones left out. */
export function standingDaemons(changes: readonly Change[], zones: ZoneSet, certificates: CertificateSet): Daemon[] {
  const stopped = new Set<Place>(changesOf(changes, 'stop'));
  const nginxAt = (at: 'edge' | 'origin'): NginxChange => mergeNginx(at, changesOf(changes, 'nginx'));
  const site = mergeSite(changesOf(changes, 'site'));
  const siteCertificate = servedCertificate(certificates, site.certificate ?? standingCertificates.site);
  const haproxy = changesOf(changes, 'haproxy');
  const unboundMore = (at: 'resolver' | 'public'): { server: string[]; append: string[] } => {
    const mine = changesOf(changes, 'unbound').filter((change) => change.at === at);
    return { server: mine.flatMap(({ server }) => server ?? []), append: mine.flatMap(({ append }) => append ?? []) };
  };
  const [frontend] = changesOf(changes, 'frontend');
  const edge = (): Daemon => {
    if (frontend !== undefined) return frontendDaemon(frontend, siteCertificate);
    return haproxy.length > 0
      ? haproxyDaemon(
          haproxy.flatMap(({ lines }) => lines),
          siteCertificate,
        )
      : edgeDaemon({
          site,
          nginx: nginxAt('edge'),
          authorities: Object.fromEntries(
            Object.entries(certificates.authorities).map(([name, { derBase64 }]) => [name, Buffer.from(derBase64, 'base64')]),
          ),
          certificates: {
            default: servedCertificate(certificates, site.defaultCertificate ?? standingCertificates.other),
            ...Object.fromEntries(
              edgeAddresses.map((address) => {
                const own = site.certificateAt?.[address];
                return [address, own ? servedCertificate(certificates, own) : siteCertificate];
              }),
            ),
          },
        });
  };
  const byPlace: Partial<Record<Place, () => Daemon>> = {
    gateway: () => dnsmasqDaemon(changesOf(changes, 'dnsmasq').flat()),
    resolver: () => unboundDaemon('resolver', [addresses.resolver, addresses.resolver6], zones.trustAnchor, unboundMore('resolver')),
    public: () => unboundDaemon('public', wellKnownAddresses.public!, zones.trustAnchor, unboundMore('public')),
    root: () => knotDaemon('root', zones.byServer.root ?? []),
    tld: () => knotDaemon('tld', zones.byServer.tld ?? []),
    ns1: () => knotDaemon('ns1', zones.byServer.ns1 ?? []),
    ns2: () => knotDaemon('ns2', zones.byServer.ns2 ?? []),
    edge,
    origin: () => originDaemon(nginxAt('origin'), servedCertificate(certificates, standingCertificates.origin)),
  };
  const daemons = Object.entries(byPlace).flatMap(([place, make]) => (stopped.has(place as Place) ? [] : [make()]));
  const proxies = changesOf(changes, 'proxy');
  return proxies.length > 0 ? [...daemons, squidDaemon(proxies.flatMap(({ lines }) => lines))] : daemons;
}

function mergeNginx(at: 'edge' | 'origin', changes: readonly NginxChange[]): NginxChange {
  const mine = changes.filter((change) => change.at === at);
  return {
    at,
    http: mine.flatMap(({ http }) => http ?? []),
    server: mine.flatMap(({ server }) => server ?? []),
    files: Object.assign({}, ...mine.map(({ files }) => files ?? {})) as Record<string, string>,
  };
}

/** Later changes win, locations and lists add up. */
function mergeSite(changes: readonly SiteChange[]): SiteChange {
  return {
    ...(Object.assign({}, ...changes) as SiteChange),
    names: changes.flatMap(({ names }) => names ?? []),
    server: changes.flatMap(({ server }) => server ?? []),
    notOn: changes.flatMap(({ notOn }) => notOn ?? []),
    locations: Object.assign({}, ...changes.map(({ locations }) => locations ?? {})) as NonNullable<SiteChange['locations']>,
    plainLocations: Object.assign({}, ...changes.map(({ plainLocations }) => plainLocations ?? {})) as NonNullable<
      SiteChange['plainLocations']
    >,
  };
}
