import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { client, type Scene, sceneStartMs, scenes, server } from '../../fixtures/captures/make/scenes.ts';
import { TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { clientHello } from '../../fixtures/captures/make/tls-bytes.ts';
import { captureContext, createCaptureStudy, feedCapture } from '../cli/capture-document.ts';
import type { ReportedConversation } from '../model/read-report.ts';
import { renderJson } from '../report/escape.ts';
import { clientServerName } from './client-server-name.ts';
import { ConversationLines } from './conversation-lines.ts';

async function asObjects(bytes: Uint8Array): Promise<ReportedConversation[]> {
  const study = await createCaptureStudy(captureContext(), { everyConversation: true });
  feedCapture(study, { name: 'one', bytes });
  return study.finish(0).conversations;
}

async function asLines(bytes: Uint8Array): Promise<string> {
  const pieces: Uint8Array[] = [];
  const lines = new ConversationLines(
    (conversation) => renderJson(conversation, 0),
    (piece) => pieces.push(piece),
  );
  const study = await createCaptureStudy(captureContext(), { lines });
  feedCapture(study, { name: 'one', bytes });
  study.finish(0);
  lines.end();
  return pieces.map((piece) => new TextDecoder().decode(piece)).join('');
}

const byId = (conversations: readonly ReportedConversation[]): string[] => conversations.map((one) => renderJson(one, 0)).sort();

async function expectSame(scene: Scene): Promise<void> {
  const bytes = captureOf(scene);
  const text = await asLines(bytes);
  const lines = JSON.parse(`[${text}]`) as ReportedConversation[];
  expect(byId(lines)).toEqual(byId(await asObjects(bytes)));
  // Each as it would be rendered, to the letter.
  expect(text.split('\n').filter((line) => line !== '')).toEqual(
    lines.map((one, index) => renderJson(one, 0) + (index < lines.length - 1 ? ',' : '')),
  );
}

const hello = (serverName: string, startMs = sceneStartMs): Scene => ({
  name: 'hello',
  status: 'unclear',
  cause: null,
  write: (sink) =>
    new TcpDialogue(sink, { client, server, clientPort: 50_001, serverPort: 443, startMs, roundTripMs: 20 })
      .open()
      .clientSends(clientHello({ serverName }))
      .close(),
});

describe('conversations as lines', () => {
  it.each(scenes.map((scene) => [scene.name, scene] as const))('are the same as in a document: %s', async (_, scene) => {
    await expectSame(scene);
  });

  it.each(['www.example.com', 'x', 'with"quote.example', 'under_score.example', 'x'.repeat(3000), 'bell\u0007.example'])(
    'hold the name that was asked for: %s',
    async (name) => {
      await expectSame(hello(name));
      expect(await asLines(captureOf(hello(name)))).toContain('"sni":"');
    },
  );

  it('have times of every age', async () => {
    for (const startMs of [0.25, 999.9994, 1_000_000_000_000.5, 4_294_967_295_000]) await expectSame(hello('www.example.com', startMs));
  });
});

describe('the name in a hello', () => {
  const bytes = clientHello({ serverName: 'www.example.com' });

  it('is found, or left to the decoder, whatever the bytes are', () => {
    expect(clientServerName(bytes, 0, bytes.length)).toBe('www.example.com');
    expect(clientServerName(bytes, 0, bytes.length - 1)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        const name = clientServerName(damaged, 0, length);
        expect(name === undefined || name === null || /^[\w.-]+$/.test(name)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void clientServerName(any, 0, any.length)));
  });
});
