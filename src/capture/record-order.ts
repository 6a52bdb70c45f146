/** Above the record's place in the word that is sorted by: tables have fewer records than this. */
const places = 0x100000;

/**
 * Bases of the records in use among the first `extent` of `recordWords` words, in the order of their numbers: the word at `atNumber`, from 0 on. In use is
 * a record whose word at `atState` has the bit `inUse`.
 */
export function basesInOrder(
  words: Int32Array,
  extent: number,
  recordWords: number,
  atState: number,
  inUse: number,
  atNumber: number,
): Int32Array {
  const keys = new Float64Array(extent);
  let count = 0;
  for (let record = 0; record < extent; record++) {
    const base = record * recordWords;
    if (words[base + atState]! & inUse) keys[count++] = words[base + atNumber]! * places + record;
  }
  keys.subarray(0, count).sort();
  const bases = new Int32Array(count);
  for (let i = 0; i < count; i++) bases[i] = (keys[i]! % places) * recordWords;
  return bases;
}
