import type { ConnectionStory } from './connection-story.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { HttpStory } from './http-story.ts';

/**
 * Exchanges of one class are judged alike: the class holds everything the rules look at, except for how much. Among hundreds of thousands of exchanges
 * there are a few dozen classes; one or a few of each are judged and shown, the others are counted.
 */
export type ExchangeClass = number;

/** Classes that differ by certificates alone are of one kind: this many of them at most. */
const identities = 64;

/** What a class has in common with those that differ from it by certificates alone. */
export function kindOf(key: ExchangeClass): number {
  return key < 0 ? key : key - (key % identities);
}

const connects = ['open', 'unanswered', 'refused', 'icmp', 'unheard', 'unknown'] as const;
const ends = ['none', 'reset', 'closed', 'silent'] as const;
const stages = ['none', 'hello-sent', 'handshaking', 'completed', 'midstream'] as const;
const bodyEnds = ['complete', 'cut-off', 'limit', 'silent', 'unknown'] as const;

/** Facts about the lookup that belong to the class. */
export interface LookupClass {
  /** 0 for no lookup, else response code plus 1; 31 when nothing answered. */
  outcome: number;
  isSlow: boolean;
  wasRepeated: boolean;
}

/** Multiplies and adds: fields in a mixed radix, so that the number stays an exact integer below 2^53. */
class Packer {
  value = 0;

  put(field: number, size: number): void {
    this.value = this.value * size + Math.min(Math.max(0, field), size - 1);
  }
}

const packer = new Packer();

/** The class of what a connection and, where there was one, a request on it amount to. `identity` is that of the certificates, 0 without. */
export function classify(
  connection: ConnectionStory,
  slowConnect: boolean,
  lookup: LookupClass,
  exchange: HttpExchange | null,
  http: HttpStory | null,
  slowAnswer: boolean,
): ExchangeClass {
  packer.value = 0;
  packer.put(connects.indexOf(connection.connect), 6);
  packer.put(slowConnect ? 1 : 0, 2);
  packer.put(ends.indexOf(connection.endBeforeRequest()), 4);
  packer.put(stages.indexOf(connection.tlsStage), 5);
  packer.put(connection.tlsStage === 'none' ? 0 : connection.tls.version - 0x02ff, 8);
  packer.put(connection.serverAborted ? 2 : connection.clientAborted ? 1 : 0, 3);
  packer.put(connection.isForeign ? 1 : 0, 2);
  packer.put(connection.lostSegmentBytes > 0 ? 1 : 0, 2);
  packer.put(connection.clientWentOn ? 1 : 0, 2);
  // One alert at most matters: the server's, else the client's; numbers go up to 255.
  packer.put(
    connection.serverAlert >= 0 ? connection.serverAlert + 1 : connection.clientAlert >= 0 ? connection.clientAlert + 257 : 0,
    514,
  );
  packer.put(lookup.outcome, 32);
  packer.put(lookup.isSlow ? 1 : 0, 2);
  packer.put(lookup.wasRepeated ? 1 : 0, 2);
  const identity = connection.tls.hasCertificates && connection.tlsStage !== 'none' ? connection.tls.identityHash & (identities - 1) : 0;
  if (exchange === null || http === null) return packer.value * 2 * identities + identity;
  packer.put(exchange.status, 1000);
  packer.put(ends.indexOf(http.end), 4);
  packer.put(bodyEnds.indexOf(http.bodyEnd), 5);
  packer.put(http.isMalformed ? 1 : http.isNotGzip ? 2 : 0, 3);
  packer.put(slowAnswer ? 1 : 0, 2);
  return (packer.value * 2 + 1) * identities + identity;
}
