/** How names are hashed, label by label and whatever the case of their letters: alike where a question, a search list or text holds them. */

export const nameHashStart: number = 0x811c9dc5 | 0;
const prime = 0x01000193;

/** The hash with one more octet of a label; ASCII letters count as small ones (RFC 4343). */
export function hashOctet(hash: number, octet: number): number {
  return Math.imul(hash ^ (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet), prime);
}

/** The same with `length` octets of a view. */
export function hashOctets(hash: number, view: DataView, from: number, length: number): number {
  let all = hash;
  for (let i = 0; i < length; i++) {
    const octet = view.getUint8(from + i);
    all = Math.imul(all ^ (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet), prime);
  }
  return all;
}

/** The hash behind a label: its length comes last, as it is known only there in text. */
export function endLabel(hash: number, length: number): number {
  return Math.imul(hash ^ length, prime);
}
