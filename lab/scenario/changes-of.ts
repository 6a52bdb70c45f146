import type { Change } from './change.ts';

/** The name of a change's kind. */
export type ChangeKind = Change extends infer C ? (C extends Change ? keyof C : never) : never;

/** What a change of one kind holds. */
export type ChangeOf<K extends ChangeKind> = Extract<Change, Record<K, unknown>>[K];

/** The contents of all changes of one kind, in order. */
export function changesOf<K extends ChangeKind>(changes: readonly Change[], kind: K): ChangeOf<K>[] {
  return changes.flatMap((change) => (kind in change ? [(change as unknown as Record<K, ChangeOf<K>>)[kind]] : []));
}
