import type { WalkContext } from './walk-context.ts';

/** A body without its content codings, or why they could not be undone. Codings this platform does not know leave it as it came. */
export type DecodedContent = { kind: 'decoded'; bytes: Uint8Array } | { kind: 'failed'; reason: string };

/** More codings than this is not content but an attack on the decoder. */
const codingsLimit = 3;

/** Undoes content codings, last applied first (RFC 9110 section 8.4). An empty body has nothing to undo. */
export async function decodeContent(
  context: WalkContext,
  encodings: readonly string[],
  body: Uint8Array,
  limitBytes: number,
): Promise<DecodedContent> {
  if (body.length === 0) return { kind: 'decoded', bytes: body };
  if (encodings.length > codingsLimit) return { kind: 'failed', reason: `${encodings.length} codings on top of each other` };
  let bytes = body;
  for (const encoding of encodings.toReversed()) {
    const result = await context.ports.decompressor.decompress(encoding, bytes, limitBytes);
    if (result.kind === 'failed') return result;
    if (result.kind === 'unsupported') return { kind: 'decoded', bytes };
    // Cut short by our own limit, it still decodes; cut short by itself, it does not.
    if (!result.complete && result.bytes.length < limitBytes) return { kind: 'failed', reason: 'the compressed data end too early' };
    bytes = result.bytes;
  }
  return { kind: 'decoded', bytes };
}
