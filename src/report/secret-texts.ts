import { isSecretMember } from './secret-names.ts';

/** Where secrets stand in bodies and messages: members of JSON and its like, `name: value` in prose, tokens that are known by their form. */

export interface Span {
  start: number;
  end: number;
}

/** `"name": ` with what opens the value; the quotes are escaped where JSON stands within JSON. */
const member = /\\*["']([\w.$ -]{1,64})\\*["']\s{0,8}[:=]\s{0,8}(\\*["'])?/g;
const bareValue = /[\w.+/-]*/y;
const secretPair = /(?:pass(?:word|wd|phrase|code)|pwd|secret|credential)s?\s{0,2}:\s{0,2}(?=[^\s"'<>,;]{3})/gi;
/** These are words of ordinary messages as well: what follows has to look like no word. */
const tokenPair =
  /(?:token|api[ _-]?key|access[ _-]?key|private[ _-]?key|session[ _-]?id)s?\s{0,2}:\s{0,2}(?=[^\s"'<>,;]{6})(?=[^\s"'<>,;\d]{0,200}\d)/gi;
const pairValue = /[^\s"'<>,;]*/y;
const pairWord = /pass|pwd|secret|credential|token|key|session/i;
/** As cloud providers, forges, chats and payment services make them; and private keys in PEM form, cut off or not. */
const knownToken =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abeoprs]-[\w-]{10,}|\b[rs]k_(?:live|test)_\w{10,}|\bAIza[\w-]{30,}|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*/g;
const knownTokenSign = /AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|k_live_|k_test_|AIza|PRIVATE KEY/;

/** The shortest that {@link knownToken} matches. */
const shortestToken = 15;
const none: readonly Span[] = [];

/** Where secrets stand in a text, in order, none within another. Most texts have none of the characters that any of them needs. */
export function secretSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  if (text.includes('"') || text.includes("'")) spans.push(...memberSpans(text));
  if (text.includes(':') && pairWord.test(text)) spans.push(...pairSpans(text, secretPair), ...pairSpans(text, tokenPair));
  if (text.length >= shortestToken && knownTokenSign.test(text))
    for (const { 0: found, index } of text.matchAll(knownToken)) spans.push({ start: index, end: index + found.length });
  if (spans.length === 0) return none;
  spans.sort((one, other) => one.start - other.start || other.end - one.end);
  const apart: Span[] = [];
  for (const span of spans) {
    const last = apart.at(-1);
    if (span.end <= span.start) continue;
    if (last === undefined || span.start >= last.end) apart.push(span);
    else last.end = Math.max(last.end, span.end);
  }
  return apart;
}

function memberSpans(text: string): Span[] {
  const spans: Span[] = [];
  member.lastIndex = 0;
  for (let match = member.exec(text); match !== null; match = member.exec(text)) {
    const start = member.lastIndex;
    if (!isSecretMember(match[1] ?? '')) continue;
    const end = match[2] === undefined ? endOf(bareValue, text, start) : closingQuote(text, start, match[2]);
    spans.push({ start, end });
    member.lastIndex = end;
  }
  return spans;
}

/** Where a quoted value ends; the end of the text where it was cut off. */
function closingQuote(text: string, start: number, opening: string): number {
  if (opening.length > 1) {
    const at = text.indexOf(opening, start);
    return at < 0 ? text.length : at;
  }
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === opening) return at;
  }
  return text.length;
}

function pairSpans(text: string, pair: RegExp): Span[] {
  return [...text.matchAll(pair)].map(({ 0: found, index }) => {
    const start = index + found.length;
    return { start, end: endOf(pairValue, text, start) };
  });
}

function endOf(value: RegExp, text: string, start: number): number {
  value.lastIndex = start;
  return start + (value.exec(text)?.[0].length ?? 0);
}
