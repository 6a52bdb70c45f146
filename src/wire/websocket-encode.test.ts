import { expect, it } from 'vitest';
import { createWebSocketReader } from './websocket.ts';
import { encodeWebSocketClose } from './websocket-encode.ts';

it('writes a close frame that the reader of the other side understands', () => {
  const frame = encodeWebSocketClose(1000, Uint8Array.of(1, 2, 3, 4));
  expect(createWebSocketReader({ side: 'client' }).push(frame)).toEqual([{ kind: 'close', code: 1000, reason: '' }]);
});
