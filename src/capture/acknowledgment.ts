import {
  sideFins,
  sideFlags,
  sideInitialSequence,
  sideKnowsAck,
  sideKnowsInitial,
  sideKnowsNext,
  sideKnowsScale,
  sideLastAck,
  sideMss,
  sideNextSequence,
  sideWindow,
  sideWindowEdge,
} from './tcp-record.ts';

/** Whether one side acknowledged all the other sent. */
export function isAcknowledged(words: Int32Array, sender: number, receiver: number): boolean {
  if ((words[sender + sideFlags]! & sideKnowsNext) === 0) return true;
  return (
    (words[receiver + sideFlags]! & sideKnowsAck) !== 0 && ((words[receiver + sideLastAck]! - words[sender + sideNextSequence]!) | 0) >= 0
  );
}

/** Bytes of a side from its SYN on, each counted once; null when the SYN was not seen. */
export function sentBytes(words: Int32Array, side: number): number | null {
  const flags = words[side + sideFlags]!;
  if ((flags & sideKnowsScale) === 0 || (flags & sideKnowsNext) === 0) return null;
  const fins = words[side + sideFins]! > 0 ? 1 : 0;
  return Math.max(0, ((words[side + sideNextSequence]! - words[side + sideInitialSequence]!) | 0) - 1 - fins);
}

export function acknowledgedBytes(words: Int32Array, client: number, server: number): number {
  if ((words[client + sideFlags]! & sideKnowsInitial) === 0 || (words[server + sideFlags]! & sideKnowsAck) === 0) return -1;
  return Math.max(0, ((words[server + sideLastAck]! - words[client + sideInitialSequence]!) | 0) - 1);
}

/** Whether one side lets the other send no more. */
export function isFull(words: Int32Array, sender: number, receiver: number): boolean {
  if ((words[receiver + sideFlags]! & sideKnowsAck) === 0) return false;
  if (words[receiver + sideWindow] === 0) return true;
  if ((words[receiver + sideFlags]! & sideKnowsScale) === 0 || (words[sender + sideFlags]! & sideKnowsNext) === 0) return false;
  return ((words[receiver + sideWindowEdge]! - words[sender + sideNextSequence]!) | 0) < Math.max(1, words[receiver + sideMss]!);
}
