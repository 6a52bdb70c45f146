import type { CaptureReading } from './reading-of.ts';
import { isSure, type Truth } from './truth.ts';

/** Frames of the WebSocket protocol, and the first close frame of each connection, by its frame and side. */
export function compareWebSocket(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth) || truth.websocket === undefined) return [];
  const sockets = read.http.flatMap(({ socket }) => (socket === null ? [] : [socket]));
  const mine = sockets.reduce((sum, { frames }) => sum + frames, 0);
  const first = truth.websocket.closes.filter(
    (close, index, closes) => closes.findIndex(({ stream }) => stream === close.stream) === index,
  );
  const wanted = first.map(({ frame, masked }) => `${frame} ${masked === 1 ? 'us' : 'close-frame'}`).sort();
  const given = sockets.filter(({ closedBy }) => closedBy !== null).map(({ closedBy, closedFrame }) => `${closedFrame} ${closedBy}`);
  return [
    ...(mine === truth.websocket.frames ? [] : [`frames: ${mine} | ${truth.websocket.frames}`]),
    ...(given.sort().join(', ') === wanted.join(', ') ? [] : [`closes: ${given.join(', ')} | ${wanted.join(', ')}`]),
  ];
}
