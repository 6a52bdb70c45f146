import type { Scenario } from '../scenario/scenario.ts';
import { badsslScenarios } from './badssl/scenarios.ts';
import { dnsAddressScenarios } from './dns-addresses.ts';
import { dnsAnswerScenarios } from './dns-answers.ts';
import { dnsResolverScenarios } from './dns-resolvers.ts';
import { dnsZoneScenarios } from './dns-zones.ts';
import { healthyAnswerScenarios } from './healthy-answers.ts';
import { healthyCertificateScenarios } from './healthy-certificates.ts';
import { healthyConnectionScenarios } from './healthy-connections.ts';
import { healthyNameScenarios } from './healthy-names.ts';
import { healthyPathScenarios } from './healthy-paths.ts';
import { httpProxyScenarios } from './http-proxies.ts';
import { httpRedirectScenarios } from './http-redirects.ts';
import { httpStatusScenarios } from './http-statuses.ts';
import { httpTransferScenarios } from './http-transfers.ts';
import { httpUpstreamScenarios } from './http-upstreams.ts';
import { localScenarios } from './local.ts';
import { localProxyScenarios } from './local-proxy.ts';
import { pageScenarios } from './page.ts';
import { routeScenarios } from './route.ts';
import { routeRefusalScenarios } from './route-refusals.ts';
import { routeSizeScenarios } from './route-sizes.ts';
import { targetScenarios } from './target.ts';
import { tcpScenarios } from './tcp.ts';
import { tcpEndScenarios } from './tcp-ends.ts';
import { tlsAddressScenarios } from './tls-addresses.ts';
import { tlsCertificateScenarios } from './tls-certificates.ts';
import { tlsHandshakeScenarios } from './tls-handshake.ts';
import { healthyTlsNameScenarios, tlsNameScenarios } from './tls-names.ts';
import { tlsRefusalScenarios } from './tls-refusals.ts';
import { healthyRevocationScenarios, tlsRevocationScenarios } from './tls-revocation.ts';
import { tlsRuleScenarios } from './tls-rules.ts';

/** Every scenario there is, by what it is about: the healthy ones, then by checkpoint in walking order. */
export const scenarioGroups: Readonly<Record<string, readonly Scenario[]>> = {
  healthy: [
    ...healthyPathScenarios,
    ...healthyNameScenarios,
    ...healthyCertificateScenarios,
    ...healthyRevocationScenarios,
    ...healthyTlsNameScenarios,
    ...healthyAnswerScenarios,
    ...healthyConnectionScenarios,
  ],
  target: targetScenarios,
  local: [...localScenarios, ...localProxyScenarios],
  dns: [...dnsAnswerScenarios, ...dnsZoneScenarios, ...dnsAddressScenarios, ...dnsResolverScenarios],
  route: [...routeRefusalScenarios, ...routeScenarios, ...routeSizeScenarios],
  tcp: [...tcpScenarios, ...tcpEndScenarios],
  tls: [
    ...tlsCertificateScenarios,
    ...tlsRevocationScenarios,
    ...tlsNameScenarios,
    ...tlsAddressScenarios,
    ...tlsHandshakeScenarios,
    ...tlsRefusalScenarios,
    ...tlsRuleScenarios,
  ],
  badssl: badsslScenarios,
  http: [...httpStatusScenarios, ...httpUpstreamScenarios, ...httpTransferScenarios, ...httpRedirectScenarios, ...httpProxyScenarios],
  page: pageScenarios,
};

export const allScenarios: readonly Scenario[] = Object.values(scenarioGroups).flat();
