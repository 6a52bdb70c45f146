import type { ObservationOf } from '../../model/observation.ts';
import { duration, listed, plural } from '../wording.ts';
import type { LinesOf } from './lines.ts';

export type LinkKind = 'local.neighbor-unanswered' | 'local.dhcp-failed' | 'local.source-out-of-scope';

/** What was seen between the stations of a link, a line for each. */
export const linkLines: LinesOf<LinkKind> = {
  'local.neighbor-unanswered': (stated) =>
    `${stated.asker} asked ${plural(stated.attempts, 'time')}${within(stated.durationMs)} who has ${stated.address} (${stated.protocol === 'arp' ? 'ARP' : 'NDP'}), nobody answered`,
  'local.dhcp-failed': (stated) => {
    const address = stated.address === null ? 'an address' : stated.address;
    const own = stated.selfAssigned.length === 0 ? '' : `; gave itself ${listed(stated.selfAssigned)}`;
    return `${stated.station} ${dhcpOutcomes[stated.outcome](address)}, ${plural(stated.attempts, 'question')}${within(stated.durationMs)}${own}`;
  },
  'local.source-out-of-scope': (stated) =>
    `${stated.router} threw away what was sent to ${stated.destination}: its source ${stated.address} is not valid there`,
};

const dhcpOutcomes: Readonly<Record<ObservationOf<'local.dhcp-failed'>['outcome'], (address: string) => string>> = {
  unanswered: () => 'asked for an address by DHCP and was offered none',
  refused: (address) => `was refused ${address} by DHCP`,
  declined: (address) => `declined ${address}, which another has already`,
};

function within(durationMs: number | undefined): string {
  return durationMs === undefined || durationMs === 0 ? '' : ` in ${duration(durationMs)}`;
}
