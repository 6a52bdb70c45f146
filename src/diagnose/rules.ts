import type { Rule } from './rule.ts';
import { dnsAnswerRules } from './rules/dns-answer.ts';
import { dnsComparisonRules } from './rules/dns-comparison.ts';
import { dnsDelegationRules } from './rules/dns-delegation.ts';
import { dnsOwnerRules } from './rules/dns-owner.ts';
import { dnsResolverRules } from './rules/dns-resolver.ts';
import { httpRules } from './rules/http.ts';
import { httpAnswerRules } from './rules/http-answer.ts';
import { httpComparisonRules } from './rules/http-comparison.ts';
import { httpProtocolRules } from './rules/http-protocols.ts';
import { localRules } from './rules/local.ts';
import { packetSizeRules } from './rules/packet-size.ts';
import { packetRules } from './rules/packets.ts';
import { pageRules } from './rules/page.ts';
import { routeRules } from './rules/route.ts';
import { routeMeasureRules, routePathRules } from './rules/route-path.ts';
import { targetRules } from './rules/target.ts';
import { tcpRules } from './rules/tcp.ts';
import { tcpResetOriginRules } from './rules/tcp-reset-origin.ts';
import { tcpSilenceRules } from './rules/tcp-silence.ts';
import { tlsAddressRules } from './rules/tls-addresses.ts';
import { tlsCertificateRules } from './rules/tls-certificate.ts';
import { tlsChainRules } from './rules/tls-chain.ts';
import { tlsHandshakeRules } from './rules/tls-handshake.ts';
import { tlsHelloRules } from './rules/tls-hello.ts';
import { tlsOfferRules } from './rules/tls-offer.ts';

/** Every rule. Their order means nothing: precedence is data, in `precedence.ts` and in each rule's `supersedes`. */
export const allRules: readonly Rule[] = [
  ...targetRules,
  ...localRules,
  ...dnsAnswerRules,
  ...dnsResolverRules,
  ...dnsDelegationRules,
  ...dnsComparisonRules,
  ...dnsOwnerRules,
  ...routeRules,
  ...packetSizeRules,
  ...routePathRules,
  ...routeMeasureRules,
  ...tcpRules,
  ...tcpResetOriginRules,
  ...tcpSilenceRules,
  ...tlsHandshakeRules,
  ...tlsHelloRules,
  ...tlsOfferRules,
  ...tlsCertificateRules,
  ...tlsAddressRules,
  ...tlsChainRules,
  ...httpRules,
  ...httpAnswerRules,
  ...httpComparisonRules,
  ...httpProtocolRules,
  ...pageRules,
  ...packetRules,
];
