import type { Rule } from '../rule.ts';
import { localClockRules } from './local-clock.ts';
import { localLinkRules } from './local-link.ts';
import { localNextHopRules } from './local-next-hop.ts';
import { localPacketRules } from './local-packets.ts';
import { localPortalRules } from './local-portal.ts';
import { localProxyRules } from './local-proxy.ts';
import { localSendingRules } from './local-sending.ts';

/** Everything about this host and its access network, its proxy included. */
export const localRules: readonly Rule[] = [
  ...localLinkRules,
  ...localNextHopRules,
  ...localPacketRules,
  ...localSendingRules,
  ...localProxyRules,
  ...localPortalRules,
  ...localClockRules,
];
