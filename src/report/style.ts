/** What a piece of terminal text is, not how it looks. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'warning' | 'code';

/** How each tone looks: wraps text that is already escaped. */
export type Style = Readonly<Record<Tone, (text: string) => string>>;

const unchanged = (text: string): string => text;

/** No colours at all. */
export const plainStyle: Style = {
  plain: unchanged,
  strong: unchanged,
  faint: unchanged,
  good: unchanged,
  bad: unchanged,
  warning: unchanged,
  code: unchanged,
};

/** Select Graphic Rendition of ECMA-48 with the eight basic colours, which every terminal theme defines. */
export const colourStyle: Style = {
  plain: unchanged,
  strong: rendition('1', '22'),
  faint: rendition('2', '22'),
  good: rendition('32', '39'),
  bad: rendition('1;31', '22;39'),
  warning: rendition('33', '39'),
  code: rendition('36', '39'),
};

function rendition(on: string, off: string): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}
