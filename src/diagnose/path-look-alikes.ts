import type { CauseCode } from '../model/cause.ts';
import { type LookAlike, never } from './look-alike.ts';
import { nothingBeyond } from './path-evidence.ts';

/** What causes of the path could be taken for. */
export const pathLookAlikes: Readonly<Partial<Record<CauseCode, readonly LookAlike[]>>> = {
  'route.black-hole': [
    {
      cause: 'tcp.timeout',
      why: "the target's network may swallow everything at its border, whose router can bear an address of the network before it",
      decidedBy: 'a trace from another network, or the operator of the last router that answers',
      excludedBy: nothingBeyond,
    },
    {
      cause: 'route.return-path',
      why: 'the answers may be lost, and not the requests: those of everybody beyond that router',
      decidedBy: 'a capture at the server',
      excludedBy: never,
    },
  ],
};
