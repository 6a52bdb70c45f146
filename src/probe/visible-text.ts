/** Elements whose content no reader sees. */
const hiddenElements = ['script', 'style', 'template', 'head', 'title'] as const;

/** What a reader would see: without comments, hidden elements and tags, white space folded. Linear in the length of the text. */
export function visibleText(html: string): string {
  let text = removeBetween(html, /<!--/g, '-->');
  for (const element of hiddenElements) text = removeBetween(text, new RegExp(`<${element}(?=[\\s>/])`, 'gi'), `</${element}`);
  return removeBetween(text, /</g, '>')
    .replace(/&nbsp;|\s+/g, ' ')
    .trim();
}

/** Removes every stretch from a match of `start` through the `>` that closes the next `end`; to the end of the text when there is none. ASCII case is folded. */
export function removeBetween(text: string, start: RegExp, end: string): string {
  const lower = text.toLowerCase();
  // Folding may change the length outside ASCII ('İ'): positions would no longer fit.
  const searched = lower.length === text.length ? lower : text;
  const kept: string[] = [];
  let position = 0;
  for (;;) {
    start.lastIndex = position;
    const match = start.exec(text);
    if (match === null) break;
    kept.push(text.slice(position, match.index), ' ');
    const ending = searched.indexOf(end, start.lastIndex);
    const until = ending < 0 ? -1 : searched.indexOf('>', ending);
    if (until < 0) return kept.join('');
    position = until + 1;
  }
  kept.push(text.slice(position));
  return kept.join('');
}
