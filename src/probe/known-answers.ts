import type { Check } from './check-request.ts';

/**
 * Services that exist to be asked whether a network is open: the answer is known, so a different one is somebody else's. Plain http, because a
 * portal could not answer anything else. Third parties: asked only after a failure, and not where public resolvers may not be asked either.
 */
export const knownAnswers: readonly Check[] = [
  { asked: 'known-answer', url: 'http://connectivitycheck.gstatic.com/generate_204', address: null, known: { status: 204, text: '' } },
  { asked: 'known-answer', url: 'http://detectportal.firefox.com/success.txt', address: null, known: { status: 200, text: 'success' } },
];
