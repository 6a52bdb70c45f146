import { isImpossibleForPublicName, isPrivate } from '../model/address.ts';
import { isPublicName } from '../model/host-name.ts';
import { isTrustedByThisHostAlone } from '../model/trust.ts';
import { receivedCertificates } from './certificate-paths.ts';
import { lookedUpName, resolversOf } from './dns/trouble.ts';
import { askResolver } from './dns-question.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';

/** Names asked about, the host's first. */
const mostNames = 4;
const patienceMs = 1000;

/**
 * The certificate is believed on this host alone: who may issue for the name, by its owner's word (CAA, RFC 8659)? Asked of this host's own resolver. It
 * tells a reader on the way from a company's own authority. At an inside address it is the company's own anyway.
 */
export const issuancePolicy: FollowUp = {
  name: 'issuance-policy',
  afterSuccess: true,
  isWanted(context) {
    const received = receivedCertificates(context);
    const name = lookedUpName(context);
    if (received === null || name === null || !isPublicName(name) || isProxied(context)) return false;
    const { address } = received.server;
    // A public authority's, whose root this program's list does not have yet.
    if (received.certificates[0]?.logTimestamps === true) return false;
    return isTrustedByThisHostAlone(received.trust) && !isPrivate(address) && !isImpossibleForPublicName(address);
  },
  async run(context) {
    const name = lookedUpName(context);
    const [resolver] = resolversOf(context);
    if (name === null || resolver === undefined) return;
    // The nearest name that has records decides (RFC 8659 section 3); all are asked at once. What registries say for all below them is left out.
    const labels = name.replace(/\.$/, '').split('.');
    const names = labels.slice(0, -1).map((_, from) => labels.slice(from).join('.'));
    await Promise.all(
      names
        .slice(0, mostNames)
        .map((one) => askResolver(context, { resolver, name: one, type: 'CAA', timeoutMs: patienceMs, retransmitAfterMs: [] })),
    );
  },
};
