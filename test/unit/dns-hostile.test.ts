import { describe, expect, it } from 'vitest';
import { readReply } from '../../src/probe/dns/reply.ts';
import { type DnsMessageOffer, encodeDnsMessage } from '../../src/wire/dns-encode.ts';
import { decodeDnsMessage } from '../../src/wire/dns-message.ts';

/** How many messages of each kind; together a million. */
const perKind = 250_000;
/** Bytes of a message at most, so that a million of them take seconds. */
const longestBytes = 512;
/** One message's decoding may never take so long, whatever is in it; a million take well under this each. */
const longestMs = 250;

/** xorshift32 (Marsaglia 2003): fast, and the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const next = generator(20261121);

const offers: readonly DnsMessageOffer[] = [
  { id: 1, questions: [{ name: 'www.shop.example', type: 'A' }], edns: { udpPayloadBytes: 1232, dnssecOk: true } },
  {
    id: 2,
    response: true,
    questions: [{ name: 'www.shop.example', type: 'A' }],
    answers: [
      { name: 'www.shop.example', type: 'CNAME', ttlSeconds: 300, data: 'cdn.other.example' },
      { name: 'cdn.other.example', type: 'A', ttlSeconds: 60, data: '192.0.2.1' },
      { name: 'cdn.other.example', type: 'AAAA', ttlSeconds: 60, data: '2001:db8::1' },
      { name: 'cdn.other.example', type: 'HTTPS', ttlSeconds: 60, data: '1 . alpn="h2,h3" ipv4hint=192.0.2.1' },
      {
        name: 'cdn.other.example',
        type: 'RRSIG',
        ttlSeconds: 60,
        data: 'A 13 2 300 20240101000000 20231201000000 12345 example.com AAECAw==',
      },
    ],
    edns: { udpPayloadBytes: 1232, dnssecOk: true, extendedErrors: [{ infoCode: 7, text: 'expired' }] },
  },
  {
    id: 3,
    response: true,
    rcode: 3,
    questions: [{ name: 'no.shop.example', type: 'AAAA' }],
    authority: [
      { name: 'shop.example', type: 'SOA', ttlSeconds: 60, data: 'ns1.shop.example hostmaster.shop.example 1 3600 600 86400 60' },
      { name: 'shop.example', type: 'NSEC', ttlSeconds: 60, data: 'www.shop.example NS SOA RRSIG NSEC' },
      { name: 'ab.shop.example', type: 'NSEC3', ttlSeconds: 60, data: '1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA' },
    ],
  },
  {
    id: 4,
    response: true,
    questions: [{ name: 'shop.example', type: 'NS' }],
    authority: [{ name: 'shop.example', type: 'NS', ttlSeconds: 60, data: 'ns1.shop.example' }],
    additional: [{ name: 'ns1.shop.example', type: 'A', ttlSeconds: 60, data: '192.0.2.53' }],
  },
];
const samples = offers.map(encodeDnsMessage);

const bytes = new Uint8Array(longestBytes);

/** Bytes without any sense. */
function random(): Uint8Array {
  const length = next() % (longestBytes + 1);
  for (let i = 0; i < length; i += 4) {
    const word = next();
    bytes[i] = word;
    bytes[i + 1] = word >>> 8;
    bytes[i + 2] = word >>> 16;
    bytes[i + 3] = word >>> 24;
  }
  return bytes.subarray(0, length);
}

/** A real message with a few bytes changed, cut somewhere or not. */
function mutated(): Uint8Array {
  const sample = samples[next() % samples.length]!;
  bytes.set(sample);
  const changes = 1 + (next() % 6);
  for (let i = 0; i < changes; i++) bytes[next() % sample.length] = next();
  return bytes.subarray(0, next() % 4 === 0 ? next() % (sample.length + 1) : sample.length);
}

/** A message whose counts promise much, and whose names are compression pointers: at themselves, at each other, in chains and circles. */
function pointers(): Uint8Array {
  const length = 40 + (next() % (longestBytes - 40));
  bytes.fill(0, 0, 12);
  bytes[2] = 0x80;
  for (let i = 4; i < 12; i++) bytes[i] = next() % 3 === 0 ? 0xff : next() % 8;
  for (let i = 12; i < length; i += 2) {
    bytes[i] = 0xc0 | (next() % 2);
    bytes[i + 1] = next() % 3 === 0 ? i : next();
  }
  return bytes.subarray(0, length);
}

/** Two real messages joined at any place: lengths and counts of the one, data of the other. */
function spliced(): Uint8Array {
  const head = samples[next() % samples.length]!;
  const tail = samples[next() % samples.length]!;
  const cut = next() % head.length;
  const from = next() % tail.length;
  bytes.set(head.subarray(0, cut));
  bytes.set(tail.subarray(from), cut);
  return bytes.subarray(0, cut + tail.length - from);
}

describe('a million hostile messages', () => {
  it.each([
    ['random bytes', random],
    ['mutated messages', mutated],
    ['loops of compression pointers', pointers],
    ['spliced messages', spliced],
  ])(
    'decode without a throw and in bounded time: %s',
    (_kind, make) => {
      let decoded = 0;
      let longest = 0;
      for (let count = 0; count < perKind; count++) {
        const message = make();
        const startMs = performance.now();
        const result = decodeDnsMessage(message);
        const tookMs = performance.now() - startMs;
        if (tookMs > longest) longest = tookMs;
        if (result.message === null) continue;
        decoded++;
        const { answers, authority, additional, questions } = result.message;
        // Nothing is made of nothing: every record takes at least eleven bytes, every question five.
        if ((answers.length + authority.length + additional.length) * 11 + questions.length * 5 + 12 > message.length + 11)
          expect.fail(`${answers.length + authority.length + additional.length} records in ${message.length} bytes`);
        const question = questions[0];
        if (question !== undefined) readReply(result.message, 'example', question.name, question.type);
      }
      expect(decoded).toBeGreaterThan(perKind / 4);
      expect(longest).toBeLessThan(longestMs);
    },
    60_000,
  );

  it('and the longest names that pointers can make', () => {
    // A record's data holds 190 pointers, each to the one before; the next record's name is the last of them.
    const links = Array.from({ length: 190 }, (_, index) => 28 + (index === 0 ? 0 : 3 + 2 * (index - 1))).flatMap((to) => [
      0xc0 | (to >> 8),
      to & 0xff,
    ]);
    const data = [1, 0x61, 0, ...links];
    const lastAt = 28 + data.length - 2;
    const chain = Uint8Array.from([
      ...[0, 1, 0x80, 0, 0, 1, 0, 2, 0, 0, 0, 0],
      ...[0, 0, 1, 0, 1],
      ...[0, 0xff, 0, 0, 1, 0, 0, 0, 0, data.length >> 8, data.length & 0xff, ...data],
      ...[0xc0 | (lastAt >> 8), lastAt & 0xff, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0],
    ]);
    expect(decodeDnsMessage(chain).error?.reason).toBe('too many compression pointers');
    const self = Uint8Array.of(0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1);
    expect(decodeDnsMessage(self).error?.reason).toContain('pointer');
    const each = Uint8Array.of(0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1);
    expect(decodeDnsMessage(each).error?.reason).toContain('pointer');
  });
});
