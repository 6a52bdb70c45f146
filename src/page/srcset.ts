/** What a browser on a desk shows pages in. */
const viewportWidth = 1280;
const viewportHeight = 720;

/** Candidates looked at in one `srcset`. */
const candidateLimit = 100;

interface Candidate {
  url: string;
  /** Width in pixels (`w`), or null. */
  width: number | null;
  /** Pixel density (`x`). */
  density: number;
}

/**
 * The image a browser in a window of 1280 pixels at one device pixel each would take (HTML standard, "selecting an image source"): the smallest
 * that is large enough, else the largest. Null when there is none.
 */
export function chooseCandidate(srcset: string, sizes: string | null): string | null {
  const candidates = readCandidates(srcset);
  const width = sourceWidth(sizes);
  const densities = candidates.map((candidate) => (candidate.width === null ? candidate.density : candidate.width / width));
  let best = -1;
  for (const [index, density] of densities.entries()) {
    const chosen = densities[best];
    if (chosen === undefined || (chosen < 1 ? density > chosen : density >= 1 && density < chosen)) best = index;
  }
  return candidates[best]?.url ?? null;
}

function readCandidates(srcset: string): Candidate[] {
  const candidates: Candidate[] = [];
  let rest = srcset;
  while (candidates.length < candidateLimit) {
    const match = /^[\s,]*([^\s,](?:\S*[^\s,])?)(,*)\s*/.exec(rest);
    if (match === null) break;
    rest = rest.slice(match[0].length);
    let descriptors = '';
    if (match[2] === '') {
      const end = endOfDescriptors(rest);
      descriptors = rest.slice(0, end);
      rest = rest.slice(end + 1);
    }
    const width = /(?:^|\s)(\d{1,6})w(?:\s|$)/.exec(descriptors)?.[1];
    const density = /(?:^|\s)(\d{0,6}(?:\.\d{1,6})?)x(?:\s|$)/.exec(descriptors)?.[1];
    candidates.push({ url: match[1] ?? '', width: width === undefined ? null : Number(width), density: Number(density ?? 1) || 1 });
  }
  return candidates;
}

/** The comma that ends a candidate: the first outside of parentheses. */
function endOfDescriptors(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth += 1;
    else if (text[index] === ')') depth -= 1;
    else if (text[index] === ',' && depth <= 0) return index;
  }
  return text.length;
}

/** The width `sizes` gives the image; all of the window where it says nothing that is understood here. */
function sourceWidth(sizes: string | null): number {
  for (const entry of (sizes ?? '').slice(0, 2000).split(',')) {
    // The length first, and what stands before it after that: in one expression the two would share white space, which takes quadratic time.
    const trimmed = entry.trim();
    const match = /([\d.]{1,10})(px|vw|em|rem)$/.exec(trimmed);
    if (match === null || !matchesMedia(trimmed.slice(0, match.index))) continue;
    const value = Number(match[1]);
    const width = match[2] === 'px' ? value : match[2] === 'vw' ? (value * viewportWidth) / 100 : value * 16;
    if (width > 0) return width;
  }
  return viewportWidth;
}

/**
 * Whether a media query list can hold in that window, on a screen. What is not understood counts as holding: then more is fetched, and nothing that
 * is needed is missed.
 */
export function matchesMedia(media: string | null): boolean {
  if (media === null || media.trim() === '') return true;
  return media
    .slice(0, 2000)
    .toLowerCase()
    .split(',')
    .some((query) => matchesQuery(query.trim()));
}

function matchesQuery(query: string): boolean {
  if (/^not\b/.test(query)) return true;
  if (/^(?:only\s+)?(?:print|speech|tty|tv|projection|handheld|braille|embossed|aural)\b/.test(query)) return false;
  if (
    /prefers-color-scheme\s*:\s*dark|orientation\s*:\s*portrait|forced-colors\s*:\s*active|prefers-reduced-motion\s*:\s*reduce/.test(query)
  )
    return false;
  for (const match of query.matchAll(/(min|max)-(?:device-)?(width|height)\s*:\s*([\d.]{1,10})(px|em|rem)/g)) {
    const limit = Number(match[3]) * (match[4] === 'px' ? 1 : 16);
    const actual = match[2] === 'width' ? viewportWidth : viewportHeight;
    if (match[1] === 'min' ? actual < limit : actual > limit) return false;
  }
  return true;
}
