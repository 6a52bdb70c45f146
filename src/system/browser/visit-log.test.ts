import { expect, test } from 'vitest';
import type { DevtoolsSession } from './devtools.ts';
import { VisitLog } from './visit-log.ts';

/** A session that tells what the test says. */
function session(): { session: DevtoolsSession; tell(event: string, parameters: object): void } {
  const listeners = new Map<string, (parameters: never) => void>();
  return {
    session: {
      send: async () => ({}),
      on: (event, listener) => void listeners.set(event, listener),
      close: async () => {},
    },
    tell: (event, parameters) => listeners.get(event)?.(parameters as never),
  };
}

const page = { requestId: 'L', loaderId: 'L', frameId: 'F', type: 'Document', request: { url: 'https://shop.test/' } };

test('follows the document and what it needs', () => {
  const { session: told, tell } = session();
  const log = new VisitLog(told);
  tell('Network.requestWillBeSent', page);
  expect(log.quietMs).toBe(0);
  const response = { url: 'https://shop.test/', status: 200, protocol: 'h2', remoteIPAddress: '[2001:db8::1]', remotePort: 443 };
  tell('Network.responseReceived', { requestId: 'L', response });
  tell('Network.loadingFinished', { requestId: 'L', encodedDataLength: 500 });
  tell('Network.requestWillBeSent', { requestId: '2', loaderId: 'L', type: 'Script', request: { url: 'http://shop.test/a.js' } });
  tell('Network.loadingFailed', { requestId: '2', errorText: '', blockedReason: 'mixed-content', type: 'Script' });
  tell('Network.requestWillBeSent', { requestId: '3', loaderId: 'L', type: 'Image', request: { url: 'data:image/gif;base64,AA' } });
  expect(log).toMatchObject({
    requests: 2,
    bytes: 500,
    main: { url: 'https://shop.test/', status: 200, protocol: 'h2' },
    mainError: null,
    failed: [{ url: 'http://shop.test/a.js', type: 'Script', error: '', refused: 'mixed-content' }],
  });
  expect([...log.contacted.values()]).toEqual([{ address: '2001:db8::1', port: 443 }]);
  expect(log.quietMs).toBeGreaterThanOrEqual(0);
});

test("tells the document's own failure from others", () => {
  const { session: told, tell } = session();
  const log = new VisitLog(told);
  tell('Network.requestWillBeSent', page);
  tell('Network.requestWillBeSent', { requestId: '2', loaderId: 'L', type: 'Image', request: { url: 'https://shop.test/a.png' } });
  tell('Network.loadingFailed', { requestId: '2', errorText: 'net::ERR_ABORTED', canceled: true, type: 'Image' });
  tell('Network.loadingFailed', { requestId: 'L', errorText: 'net::ERR_CONTENT_LENGTH_MISMATCH', type: 'Document' });
  expect(log.mainError).toBe('ERR_CONTENT_LENGTH_MISMATCH');
  // What was given up is no failure.
  expect(log.failed.map(({ url }) => url)).toEqual(['https://shop.test/']);
});

test('keeps no more than is of use', () => {
  const { session: told, tell } = session();
  const log = new VisitLog(told);
  for (let index = 0; index < 6000; index++) {
    tell('Network.requestWillBeSent', {
      requestId: `${index}`,
      loaderId: 'L',
      type: 'Fetch',
      request: { url: `https://shop.test/${index}` },
    });
    tell('Network.loadingFailed', { requestId: `${index}`, errorText: 'net::ERR_FAILED', type: 'Fetch' });
    tell('Log.entryAdded', { entry: { level: 'error', text: 'x'.repeat(1000) } });
    tell('Runtime.consoleAPICalled', { type: 'log', args: [{ value: 'chatter' }] });
  }
  tell('Runtime.exceptionThrown', { exceptionDetails: { text: 'Uncaught', exception: { description: 'TypeError: x\n at y' } } });
  expect([log.requests, log.failed.length, log.consoleErrors.length, log.consoleErrors[0]?.length]).toEqual([6000, 30, 20, 300]);
});
