import type { Side } from '../model/cause.ts';

/** Whose side a cause lies on, in words; null where that is not known. */
export const sideWords: Readonly<Record<Side, string | null>> = {
  client: "this computer's side",
  network: "the network's side",
  dns: 'the DNS side',
  edge: "the edge's side",
  origin: "the site's side",
  unknown: null,
};
