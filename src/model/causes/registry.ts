import type { Cause, CauseCode } from '../cause.ts';
import { dnsAnswerCauses } from './dns-answer.ts';
import { dnsComparisonCauses } from './dns-comparison.ts';
import { dnsExchangeCauses } from './dns-exchange.ts';
import { httpAnswerCauses } from './http-answer.ts';
import { httpImpairmentCauses } from './http-impairment.ts';
import { httpRedirectCauses } from './http-redirect.ts';
import { httpTransferCauses } from './http-transfer.ts';
import { localCauses } from './local.ts';
import { pageCauses } from './page.ts';
import { routeCauses } from './route.ts';
import { targetCauses } from './target.ts';
import { tcpCauses } from './tcp.ts';
import { tlsCertificateCauses } from './tls-certificate.ts';
import { tlsHandshakeCauses } from './tls-handshake.ts';
import { tlsImpairmentCauses } from './tls-impairment.ts';

const inWalkingOrder: readonly Cause[] = [
  ...targetCauses,
  ...localCauses,
  ...dnsAnswerCauses,
  ...dnsExchangeCauses,
  ...dnsComparisonCauses,
  ...routeCauses,
  ...tcpCauses,
  ...tlsCertificateCauses,
  ...tlsHandshakeCauses,
  ...tlsImpairmentCauses,
  ...httpTransferCauses,
  ...httpRedirectCauses,
  ...httpAnswerCauses,
  ...httpImpairmentCauses,
  ...pageCauses,
];

/** What is known about every cause before any walk, by its code. Complete: a test compares it with the vocabulary. */
export const causes: Readonly<Record<CauseCode, Cause>> = Object.fromEntries(inWalkingOrder.map((cause) => [cause.code, cause])) as Record<
  CauseCode,
  Cause
>;

/** The registry's entry of one cause; every code has one. */
export function causeOf(code: CauseCode): Cause {
  return causes[code];
}
