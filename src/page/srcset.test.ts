import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseCandidate, matchesMedia } from './srcset.ts';

const rows: [srcset: string, sizes: string | null, chosen: string | null][] = [
  ['a.png', null, 'a.png'],
  ['a.png 1x, b.png 2x', null, 'a.png'],
  ['b.png 2x, a.png', null, 'a.png'],
  ['s.png 320w, m.png 640w, l.png 1280w, xl.png 2560w', null, 'l.png'],
  ['s.png 320w, m.png 640w, l.png 1280w', '(max-width: 600px) 100vw, 50vw', 'm.png'],
  ['s.png 320w, m.png 640w', '300px', 's.png'],
  ['s.png 320w, m.png 640w', null, 'm.png'],
  ['a,b.png 1x,c.png 2x', null, 'a,b.png'],
  ['', null, null],
  [' , ,', null, null],
];

test.each(rows)('of %j with sizes %j a browser takes %j', (srcset, sizes, chosen) => expect(chooseCandidate(srcset, sizes)).toBe(chosen));

test.each([
  [null, true],
  ['', true],
  ['all', true],
  ['print', false],
  ['print, screen', true],
  ['only print', false],
  ['(min-width: 2000px)', false],
  ['screen and (min-width: 40em)', true],
  ['(prefers-color-scheme: dark)', false],
  ['not print', true],
  ['(some-future-feature)', true],
])('media %j holds: %j', (media, holds) => expect(matchesMedia(media)).toBe(holds));

test('never throws, and takes no time', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (srcset, sizes) => void [chooseCandidate(srcset, sizes), matchesMedia(sizes)]));
  for (const piece of ['a ', ',', '(', 'a 1x,', '(min-width:']) {
    const startMs = performance.now();
    chooseCandidate(piece.repeat(20_000), piece.repeat(20_000));
    matchesMedia(piece.repeat(20_000));
    expect(performance.now() - startMs, piece).toBeLessThan(2000);
  }
  const startMs = performance.now();
  for (let image = 0; image < 2000; image++) chooseCandidate('a 1w', `a${' '.repeat(1997)}b`);
  expect(performance.now() - startMs).toBeLessThan(2000);
}, 30_000);
