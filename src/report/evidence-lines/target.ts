import type { ObservationKind } from '../../model/observation.ts';
import { clip, words } from '../fact-words.ts';
import type { LinesOf } from './lines.ts';

/** What was typed, and what is known of it beforehand. */
export const targetLines: LinesOf<Extract<ObservationKind, `target.${string}`>> = {
  'target.parsed': (stated) => `${stated.url}: ${stated.scheme}, host ${stated.host}, port ${stated.port}`,
  'target.preload': (stated) =>
    stated.entry === null
      ? `${clip(stated.host)} is not in the list of names that browsers reach by https alone (${stated.list}, ${stated.listDate})`
      : `browsers reach ${clip(stated.host)} by https alone: ${clip(stated.entry)} is in their list (${stated.list}, ${stated.listDate})`,
  'target.rejected': (stated) => `"${clip(stated.input)}" was not understood (${words(stated.reason)})`,
};
