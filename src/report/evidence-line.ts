import type { ObservationKind } from '../model/observation.ts';
import type { Evidence } from '../model/walk-report.ts';
import { dnsLines } from './evidence-lines/dns.ts';
import { httpLines } from './evidence-lines/http.ts';
import type { LinesOf, Stated } from './evidence-lines/lines.ts';
import { linkLines } from './evidence-lines/link.ts';
import { localLines } from './evidence-lines/local.ts';
import { pageLines } from './evidence-lines/page.ts';
import { routeLines } from './evidence-lines/route.ts';
import { targetLines } from './evidence-lines/target.ts';
import { tcpLines } from './evidence-lines/tcp.ts';
import { tlsLines } from './evidence-lines/tls.ts';

const lines: LinesOf<ObservationKind> = {
  ...targetLines,
  ...localLines,
  ...linkLines,
  ...dnsLines,
  ...routeLines,
  ...tcpLines,
  ...tlsLines,
  ...httpLines,
  ...pageLines,
};

/** Whether this version knows evidence of a kind. */
export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(lines, kind);
}

/** What one piece of evidence states, in one line of words. Remote text in it is raw and clipped: renderers escape. */
export function evidenceLine<K extends ObservationKind>(stated: Stated<K> | Evidence): string {
  return (lines[stated.kind] as (stated: object) => string)(stated);
}
