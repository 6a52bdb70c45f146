/**
 * Makes all words of a record zero; `base` and `recordWords` are even, `doubles` is the same memory as the words. A loop that is compiled into its caller: the
 * engine's `fill` takes as long to get started as this takes for a short record.
 */
export function clearRecord(doubles: Float64Array, base: number, recordWords: number): void {
  const end = (base + recordWords) >> 1;
  for (let i = base >> 1; i < end; i++) doubles[i] = 0;
}
