import { tcpHistory, tcpHistoryLength, tcpHistorySeen, tcpHistoryWords } from './tcp-record.ts';

/**
 * The history of a connection in Zeek's letters: S a SYN, H a SYN-ACK, A a pure acknowledgement, D data, F a FIN, R a RST, G a gap, T data sent
 * again, W a zero window, Q several of SYN, FIN and RST at once; upper case from the client, lower case from the server, each written once
 * when it first happens. `^` in front: the direction was found out only after the first packet.
 */
const letters = 'SHADFRGTWQ';

export const historySyn = 0;
export const historySynAck = 1;
export const historyAck = 2;
export const historyData = 3;
export const historyFin = 4;
export const historyRst = 5;
export const historyGap = 6;
export const historySentAgain = 7;
export const historyZeroWindow = 8;
export const historyContradictory = 9;
/** Bit of the flip in the word of letters already written. */
const flipBit = 1 << 30;

/** Writes a letter unless this direction (0 from the client) has written it before. */
export function writeHistory(words: Int32Array, base: number, letter: number, direction: number): void {
  const bit = 1 << (letter + direction * 12);
  const seen = words[base + tcpHistorySeen]!;
  if (seen & bit) return;
  words[base + tcpHistorySeen] = seen | bit;
  const length = words[base + tcpHistoryLength]!;
  if (length >= tcpHistoryWords * 4) return;
  const code = letters.charCodeAt(letter) | (direction << 5);
  words[base + tcpHistory + (length >> 2)]! |= code << ((length & 3) * 8);
  words[base + tcpHistoryLength] = length + 1;
}

/** Notes that client and server were taken for each other: swaps the case of what was written. */
export function flipHistory(words: Int32Array, base: number): void {
  const seen = words[base + tcpHistorySeen]!;
  words[base + tcpHistorySeen] = ((seen & 0xfff) << 12) | ((seen >> 12) & 0xfff) | flipBit;
  for (let i = 0; i < words[base + tcpHistoryLength]!; i++) words[base + tcpHistory + (i >> 2)]! ^= 0x20 << ((i & 3) * 8);
}

/** Whether the history's text begins with `^`. */
export function isFlipped(words: Int32Array, base: number): boolean {
  return (words[base + tcpHistorySeen]! & flipBit) !== 0;
}

/** The history as text. */
export function historyText(words: Int32Array, base: number): string {
  let text = isFlipped(words, base) ? '^' : '';
  for (let i = 0; i < words[base + tcpHistoryLength]!; i++)
    text += String.fromCharCode((words[base + tcpHistory + (i >> 2)]! >>> ((i & 3) * 8)) & 0xff);
  return text;
}
