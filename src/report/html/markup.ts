import { escapeForTerminal } from '../escape.ts';

/** HTML that is safe to put into a page. Only {@link html} makes it, so that text of others cannot become markup. */
export interface Markup {
  readonly markup: string;
}

export type MarkupValue = string | number | Markup | null | readonly MarkupValue[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, in content and in quoted attributes alike; what could hide or reorder it is made visible. */
export function escapeForHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A template of HTML: what is filled in is escaped, except for {@link Markup}. Lists are joined, null is nothing. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  return { markup: strings.map((text, index) => text + (index < values.length ? markupOf(values[index] ?? null) : '')).join('') };
}

function markupOf(value: MarkupValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeForHtml(value);
  if (typeof value === 'number') return String(value);
  return isList(value) ? value.map(markupOf).join('') : value.markup;
}

function isList(value: Markup | readonly MarkupValue[]): value is readonly MarkupValue[] {
  return Array.isArray(value);
}

/** Text of this program's own (stylesheet, script), put into the page as it is. */
export function trusted(text: string): Markup {
  return { markup: text };
}

/** Links to evidence within the page. */
export function evidenceLinks(ids: readonly string[]): Markup {
  return html`${ids.map((id, index) => html`${index === 0 ? '' : ' '}<a class="ref" href="#${id}">${id}</a>`)}`;
}
