/** Damage done to captures, the same for the same seed. */

/** xorshift32 (Marsaglia 2003): fast, and the same in every run. */
export function generator(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 2_654_435_761) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Values at which lengths and counts change their meaning. */
const edges: readonly number[] = [
  0, 1, 2, 3, 4, 7, 8, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0xffffffff,
];

type Mutate = (bytes: Uint8Array, other: Uint8Array, next: (below: number) => number) => Uint8Array;

const mutations: readonly Mutate[] = [
  /** Single bits. */
  (bytes, _other, next) => {
    for (let i = next(8) + 1; i > 0; i--) bytes[next(bytes.length)]! ^= 1 << next(8);
    return bytes;
  },
  /** Single bytes. */
  (bytes, _other, next) => {
    for (let i = next(8) + 1; i > 0; i--) bytes[next(bytes.length)] = next(256);
    return bytes;
  },
  /** A number of one, two or four octets, either way round. */
  (bytes, _other, next) => {
    const at = next(bytes.length);
    const width = [1, 2, 4][next(3)]!;
    const value = edges[next(edges.length)]!;
    const isLittle = next(2) === 0;
    for (let i = 0; i < width && at + i < bytes.length; i++) bytes[at + i] = (value >>> (8 * (isLittle ? i : width - 1 - i))) & 0xff;
    return bytes;
  },
  /** The end is missing. */
  (bytes, _other, next) => bytes.subarray(0, next(bytes.length)),
  /** A part is missing. */
  (bytes, _other, next) => {
    const at = next(bytes.length);
    const length = next(Math.min(64, bytes.length - at) + 1);
    return joined(bytes.subarray(0, at), bytes.subarray(at + length));
  },
  /** A part is there twice. */
  (bytes, _other, next) => {
    const at = next(bytes.length);
    const length = next(Math.min(512, bytes.length - at) + 1);
    return joined(bytes.subarray(0, at + length), bytes.subarray(at));
  },
  /** A part of another capture is in it. */
  (bytes, other, next) => {
    const at = next(bytes.length);
    const from = next(other.length);
    return joined(bytes.subarray(0, at), other.subarray(from, from + next(512)), bytes.subarray(at));
  },
  /** A part is overwritten by another part. */
  (bytes, _other, next) => {
    const length = next(128) + 1;
    bytes.copyWithin(next(bytes.length), next(bytes.length), next(bytes.length) + length);
    return bytes;
  },
  /** A part is one byte only. */
  (bytes, _other, next) => {
    const at = next(bytes.length);
    bytes.fill(next(2) === 0 ? 0xff : next(256), at, at + next(64));
    return bytes;
  },
];

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A damaged copy: one to four changes. The header of the file is mostly spared, so that what is behind it is reached. */
export function damaged(bytes: Uint8Array, other: Uint8Array, seed: number): Uint8Array {
  const next = generator(seed);
  const spared = next(4) === 0 ? 0 : Math.min(24, bytes.length - 1);
  let body: Uint8Array = bytes.slice(spared);
  for (let i = next(4); i >= 0 && body.length > 0; i--) body = mutations[next(mutations.length)]!(body, other, next);
  return joined(bytes.subarray(0, spared), body);
}
