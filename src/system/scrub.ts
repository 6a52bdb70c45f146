const longestText = 300;

/** Control, formatting and direction-changing characters: a terminal or a log must never see them. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+/gu;
const userInformation = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/giu;
const namedSecret =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|(?:x-)?api[-_]?key|(?:access[-_]?|auth[-_]?|id[-_]?)?token|pass(?:word|wd|phrase)?|secret|signature)(["']?\s*[:=]\s*)(?:(?:basic|bearer|digest|negotiate)\s+)?("[^"]*"|'[^']*'|[^\s,;&"']+)/giu;
/** A word with a capital, a digit or padding in it: "a basic problem" is none. */
const bareCredential = /\b([Bb]asic|[Bb]earer|[Nn]egotiate)\s+(?=[A-Za-z+/_.~-]*[A-Z0-9=])[A-Za-z0-9+/_.~=-]{6,}/gu;

/**
 * Text from elsewhere made fit to be kept: control characters become spaces, what looks like a secret (user information of URLs, values
 * after names such as `token=` or `Authorization:`) becomes `***`, and the length is at most 300 characters.
 */
export function scrubText(text: string): string {
  const cleaned = text
    .slice(0, 4 * longestText)
    .replace(unprintable, ' ')
    .replace(userInformation, '$1***@')
    .replace(namedSecret, '$1$2***')
    .replace(bareCredential, '$1 ***')
    .trim();
  return cleaned.length <= longestText ? cleaned : `${cleaned.slice(0, longestText - 1)}…`;
}
