import {
  encodeHttp2PingAcknowledgement,
  encodeHttp2Request,
  encodeHttp2Reset,
  encodeHttp2SettingsAcknowledgement,
  encodeHttp2WindowUpdate,
  type Http2RequestOffer,
} from './http2-encode.ts';
import { createHttp2ResponseDecoder, type FedHttp2ResponseDecoder, type Http2ResponseDecoder } from './http2-response.ts';
import { createHttp2Reader, type Http2Event } from './http2-stream.ts';

/** The client's side of one connection, which carries requests one after the other or many at once. */
export interface Http2Session {
  /** The next request: what to send, before that of any later request, and the decoder of its answer. */
  request(offer: Http2RequestOffer): { bytes: Uint8Array; decoder: Http2ResponseDecoder };
  /** Takes the next bytes from the server, which stay the caller's, for all streams: each decoder then has pending what is about it. */
  receive(bytes: Uint8Array): void;
  /** Acknowledgements to be sent. Each is given once. */
  takeReplies(): Uint8Array[];
  /** Streams that the peer lets be open at once; null while it did not say. */
  readonly streamLimit: number | null;
  /** No further request may be made: the peer said so, or does not speak HTTP/2. */
  readonly isClosing: boolean;
}

/** Content after which the peer is told that it may go on; a sixteenth of the window. */
const UPDATE_BYTES = 0x100000;
const SETTING = { headerTableSize: 1, maxConcurrentStreams: 3 } as const;
/** RFC 7541 leaves it to HTTP/2, whose section 6.5.2 says 4,096. */
const DEFAULT_TABLE_BYTES = 4096;
const CANCEL = 8;
/** Of a server that only pings, no more is answered: each costs it a few bytes, and us an answer. */
const MOST_ACKNOWLEDGEMENTS = 1000;
/** Section 5.1.1: stream identifiers have 31 bits and are not used twice. */
const LAST_STREAM = 0x7fffffff;

/** Never throws; holds one field section, one frame and the dynamic table, and for each request what was not taken yet. */
export function createHttp2Session(): Http2Session {
  const reader = createHttp2Reader({ side: 'server', keepContent: true });
  const streams = new Map<number, FedHttp2ResponseDecoder>();
  let nextStream = 1;
  let consumedBytes = 0;
  let acknowledged = 0;
  let replies: Uint8Array[] = [];
  let streamLimit: number | null = null;
  let isClosing = false;
  /** What ended, or will end, the connection. */
  let closing: Http2Event | null = null;
  let tableBytes = DEFAULT_TABLE_BYTES;
  let owesTableUpdate = false;

  const takeSettings = (values: readonly { id: number; value: number }[]): void => {
    for (const { id, value } of values) {
      if (id === SETTING.maxConcurrentStreams) streamLimit = value;
      if (id !== SETTING.headerTableSize) continue;
      owesTableUpdate ||= value < tableBytes;
      tableBytes = value;
    }
  };

  const acknowledge = (bytes: Uint8Array): void => {
    if (acknowledged >= MOST_ACKNOWLEDGEMENTS) return;
    acknowledged += 1;
    replies.push(bytes);
  };

  /** What is answered whatever stream it is about. */
  const reply = (event: Http2Event): void => {
    if (event.kind === 'settings' && !event.acknowledgement) {
      takeSettings(event.values);
      acknowledge(encodeHttp2SettingsAcknowledgement());
    } else if (event.kind === 'ping' && !event.acknowledgement) acknowledge(encodeHttp2PingAcknowledgement(event.opaque));
    else if (event.kind === 'data') {
      consumedBytes += event.bytes;
      if (consumedBytes < UPDATE_BYTES) return;
      replies.push(encodeHttp2WindowUpdate(consumedBytes));
      consumedBytes = 0;
    }
  };

  const route = (event: Http2Event): void => {
    if (event.kind === 'headers' || event.kind === 'data' || event.kind === 'reset') streams.get(event.streamId)?.feed(event);
    else if (event.kind === 'goaway' || event.kind === 'malformed') {
      isClosing = true;
      closing = event;
      for (const stream of streams.values()) stream.feed(event);
    }
  };

  const session: Http2Session = {
    request(offer) {
      const streamId = nextStream;
      nextStream += 2;
      if (nextStream > LAST_STREAM) isClosing = true;
      const decoder = createHttp2ResponseDecoder({
        streamId,
        requestMethod: offer.method,
        receive: session.receive,
        takeReplies: session.takeReplies,
        leave: () => streams.delete(streamId),
        reset: () => encodeHttp2Reset(streamId, CANCEL),
      });
      streams.set(streamId, decoder);
      // It may have been said while this request was on its way here.
      if (closing !== null) decoder.feed(closing);
      const bytes = encodeHttp2Request(offer, streamId, owesTableUpdate);
      owesTableUpdate = false;
      return { bytes, decoder };
    },
    receive(bytes) {
      if (bytes.length === 0) return;
      for (const stream of streams.values()) stream.note(bytes);
      for (const event of reader.push(bytes)) {
        reply(event);
        route(event);
      }
    },
    takeReplies() {
      const taken = replies;
      replies = [];
      return taken;
    },
    get streamLimit() {
      return streamLimit;
    },
    get isClosing() {
      return isClosing;
    },
  };
  return session;
}
