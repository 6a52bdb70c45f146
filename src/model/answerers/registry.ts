import type { Answerer } from './answerer.ts';
import { balancers } from './balancer.ts';
import { cdns } from './cdn.ts';
import { firewalls } from './firewall.ts';
import { frameworks } from './framework.ts';
import { parkings } from './parking.ts';
import { platforms } from './platform.ts';
import { servers } from './server.ts';

/** Every product that can be told from an answer, from the client's side of the way to the origin's. */
export const answerers: readonly Answerer[] = [...cdns, ...firewalls, ...platforms, ...balancers, ...parkings, ...servers, ...frameworks];

const byId: ReadonlyMap<string, Answerer> = new Map(answerers.map((answerer) => [answerer.id, answerer]));

export function answererOf(id: string): Answerer | null {
  return byId.get(id) ?? null;
}

/** Literal texts by which pages are recognised. */
export const pageMarks: readonly string[] = [
  ...new Set(answerers.flatMap((answerer) => (answerer.pages ?? []).flatMap((page) => page.contains))),
];

/** Characters of a page that are searched for marks. */
export const markedCharacters = 65_536;

/** The marks that a page carries, in the order of {@link pageMarks}. */
export function marksIn(text: string): string[] {
  const searched = text.slice(0, markedCharacters);
  return pageMarks.filter((mark) => searched.includes(mark));
}
