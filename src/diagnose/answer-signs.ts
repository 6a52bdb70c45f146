import type { AnswerParty } from '../model/answer.ts';
import type { Answerer, HeaderSign, PageMeaning, PageSign } from '../model/answerers/answerer.ts';
import { answerers } from '../model/answerers/registry.ts';
import type { HeaderField } from '../model/observations/http.ts';

/** What of one response products are told by. */
export interface ResponseSigns {
  status: number;
  headers: readonly HeaderField[];
  /** Marks found in the content; empty when it was not looked at. */
  marks: readonly string[];
}

/** One product found in a response. */
export interface Recognised {
  answerer: Answerer;
  party: AnswerParty;
  /** A page or field that the product makes itself says this; null when it was only on the way. */
  page: PageSign | null;
  /** A field says that the answer was made here, or came from behind it. */
  shows: 'own' | 'passed-on' | null;
}

function matchesName(sign: HeaderSign, name: string): boolean {
  return sign.name.endsWith('*') ? name.startsWith(sign.name.slice(0, -1)) : name === sign.name;
}

function fieldOf(sign: HeaderSign, headers: readonly HeaderField[]): HeaderField | null {
  return headers.find((field) => matchesName(sign, field.name) && (sign.value?.test(field.value) ?? true)) ?? null;
}

function isPage(page: PageSign, signs: ResponseSigns): boolean {
  return (
    (page.statuses?.includes(signs.status) ?? true) &&
    page.contains.every((mark) => signs.marks.includes(mark)) &&
    (page.header === undefined || fieldOf(page.header, signs.headers) !== null)
  );
}

function recognise(answerer: Answerer, signs: ResponseSigns): Recognised | null {
  const found = (answerer.headers ?? []).flatMap((sign) => {
    const field = fieldOf(sign, signs.headers);
    return field === null ? [] : [{ sign, field }];
  });
  const page = (answerer.pages ?? []).find((candidate) => isPage(candidate, signs)) ?? null;
  if (found.length === 0 && page === null) return null;
  const words = [
    ...found.map(({ field }) => `header ${field.name}`),
    ...(page?.contains.map((mark) => `page "${mark}"`) ?? []),
    ...(page?.header === undefined ? [] : [`header ${page.header.name}`]),
  ];
  const shown = found.map(({ sign }) => sign.shows);
  return {
    answerer,
    party: { id: answerer.id, name: answerer.name, role: answerer.role, signs: [...new Set(words)] },
    page,
    // That it came from behind is the stronger word: products put their own name on what they pass on as well.
    shows: shown.includes('passed-on') ? 'passed-on' : shown.includes('own') ? 'own' : null,
  };
}

/** Every product that left a sign, from the client's side of the way to the origin's. */
export function recogniseAll(signs: ResponseSigns): Recognised[] {
  return answerers.flatMap((answerer) => recognise(answerer, signs) ?? []);
}

/** What a page says about who has to act; pages of this kind answer in place of the application. */
export const inPlaceOfTheApplication: ReadonlySet<PageMeaning> = new Set<PageMeaning>(['blocked', 'challenge']);
/** Pages that say that no site of this name is served there. */
export const foreignPages: ReadonlySet<PageMeaning> = new Set<PageMeaning>(['unknown-site', 'default-page', 'parked']);
