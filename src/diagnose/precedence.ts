import { type CauseCode, causeCodes, checkpointOf } from '../model/cause.ts';
import { checkpointOrder } from '../model/checkpoint.ts';
import type { Finding, Severity } from '../model/finding.ts';

/**
 * Which of several certificate troubles is named: the one browsers name, so that the verdict and the error page agree.
 * Source: MapCertStatusToNetError in Chromium's net/cert/cert_status_flags.cc; the date comes last.
 */
const certificateOrder: readonly CauseCode[] = [
  'tls.intercepted',
  // Whatever else is wrong with the certificate in use: another address of the name has a good one.
  'tls.address-differs',
  'tls.wrong-usage',
  'tls.revoked',
  'tls.self-signed',
  'tls.unknown-ca',
  'tls.missing-intermediate',
  'tls.name-mismatch',
  'tls.weak',
  'tls.cert-expired',
  'tls.cert-not-yet-valid',
  'tls.chain-expired',
];

const severityOrder: Readonly<Record<Severity, number>> = { failure: 0, impairment: 1, note: 2 };

const ranks: ReadonlyMap<CauseCode, number> = rankCauses();

function rankCauses(): Map<CauseCode, number> {
  const rest = causeCodes.filter((code) => !certificateOrder.includes(code));
  const firstTls = rest.findIndex((code) => checkpointOf(code) === 'tls');
  const ordered = [...rest.slice(0, firstTls), ...certificateOrder, ...rest.slice(firstTls)];
  return new Map(ordered.map((code, index) => [code, index]));
}

/** Position of a cause among those of its checkpoint: the order of the vocabulary, but for certificates. */
export function rankOf(code: CauseCode): number {
  return ranks.get(code) ?? ranks.size;
}

/** Sorts what a verdict quotes first to the front: failures, then walking order, then rank. Independent of the order of the rules. */
export function compareFindings(
  one: Pick<Finding, 'severity' | 'cause' | 'hop'>,
  other: Pick<Finding, 'severity' | 'cause' | 'hop'>,
): number {
  return (
    severityOrder[one.severity] - severityOrder[other.severity] ||
    checkpointOrder(checkpointOf(one.cause)) - checkpointOrder(checkpointOf(other.cause)) ||
    rankOf(one.cause) - rankOf(other.cause) ||
    one.hop - other.hop
  );
}
