import type { CauseCode } from '../../src/model/cause.ts';

/** Causes that no scenario shows, and why. */
export const causesNotShown: Readonly<Partial<Record<CauseCode, string>>> = {
  'tls.aborted-encrypted': 'only a capture can say so; it is what packets show of tls-client-cert-required',
};
