import { describe, expect, it } from 'vitest';
import { clientHello, serverHello } from '../../fixtures/captures/make/tls-bytes.ts';
import { ByteArena } from './byte-arena.ts';
import { StreamPiece } from './stream-order.ts';
import { TlsFollower } from './tls-follower.ts';

function pieceOf(bytes: Uint8Array): StreamPiece {
  const piece = new StreamPiece();
  piece.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  piece.length = bytes.length;
  return piece;
}

const chosen13 = 0x0304;
const suite = 0x1301;

describe('the glance of a TLS follower', () => {
  it('is looked up anew when more of the handshake came since', () => {
    const follower = new TlsFollower(new ByteArena(1024, 65_536));
    follower.take(pieceOf(clientHello({ serverName: 'www.example.com' })), 0);
    expect(follower.glance()).toMatchObject({ version: 0, clientMessages: 1 << 1, serverMessages: 0 });
    follower.take(pieceOf(serverHello(chosen13, suite)), 1);
    expect(follower.glance()).toMatchObject({ version: chosen13, serverMessages: 1 << 2 });
  });

  it('tells nothing of the connection before', () => {
    const arena = new ByteArena(1024, 65_536);
    const follower = new TlsFollower(arena);
    follower.take(pieceOf(clientHello({ serverName: 'www.example.com' })), 0);
    follower.take(pieceOf(serverHello(chosen13, suite)), 1);
    const { identityHash } = follower.glance();
    follower.reset();
    expect(follower.glance()).toMatchObject({ version: 0, clientMessages: 0, serverMessages: 0 });
    // Of the same length as before, with another name in it.
    follower.take(pieceOf(clientHello({ serverName: 'web.example.com' })), 0);
    follower.take(pieceOf(serverHello(chosen13, suite)), 1);
    expect(follower.glance().identityHash).not.toBe(identityHash);
  });
});
