import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { type DnsMessageOffer, encodeDnsMessage } from '../../../src/wire/dns-encode.ts';
import { type DnsMessage, decodeDnsMessage } from '../../../src/wire/dns-message.ts';
import type { DnsBehavior } from '../../scenario/change.ts';
import { addresses } from '../../topology/plan.ts';
import { parseRecord } from '../../zones/zone-set.ts';
import type { HitCounter } from './hit-counter.ts';

/** The sockets a resolver works with; `upstream` makes a new one towards the real resolver. */
export interface DnsSockets {
  udp: number;
  /** Null: nothing listens on TCP. */
  tcp: number | null;
  upstream: () => number;
  six: boolean;
}

type Answer = (bytes: Uint8Array | 'close') => void;

/** Answers some questions wrongly, as told, and passes the others on to a real resolver. */
export function serveDns(sockets: DnsSockets, behavior: DnsBehavior, hits: HitCounter): void {
  const kind = sockets.six ? 'udp6' : 'udp4';
  let count = 0;
  const handle = (query: Buffer, transport: 'udp' | 'tcp', answer: Answer): void => {
    const { message } = decodeDnsMessage(query);
    const question = message?.questions[0];
    if (!message || !question || message.response) return;
    const { when = {} } = behavior;
    const candidate =
      (when.type === undefined || question.type === when.type) &&
      (when.name === undefined || question.name === when.name) &&
      (when.edns === undefined || (message.edns !== null) === when.edns) &&
      (when.recursive === undefined || message.recursionDesired === when.recursive) &&
      (when.transport === undefined || when.transport === transport);
    if (candidate) count += 1;
    if (candidate && (when.everyNth === undefined || count % when.everyNth === 0)) {
      hits.hit();
      misbehave(behavior, message, answer, () => forward(query, answer));
    } else {
      forward(query, answer);
    }
  };
  const forward = (query: Buffer, answer: Answer): void => {
    const socket = createSocket(sockets.six ? 'udp6' : 'udp4');
    const timer = setTimeout(() => socket.close(), 8_000);
    socket.on('error', () => {});
    socket.on('message', (reply) => {
      clearTimeout(timer);
      socket.close();
      answer(reply);
    });
    socket.bind({ fd: sockets.upstream() }, () => {
      socket.send(query, 53, behavior.upstream ?? (sockets.six ? addresses.resolver6 : addresses.resolver));
    });
  };
  const udp = createSocket(kind);
  udp.on('error', () => {});
  udp.on('message', (query, from) =>
    handle(query, 'udp', (bytes) => {
      if (bytes !== 'close') udp.send(bytes, from.port, from.address);
    }),
  );
  udp.bind({ fd: sockets.udp });
  if (sockets.tcp !== null) {
    createServer((socket) => {
      socket.on('error', () => socket.destroy());
      readFrames(socket, (query) =>
        handle(query, 'tcp', (bytes) => {
          if (bytes === 'close') socket.destroy();
          else socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]));
        }),
      );
    }).listen({ fd: sockets.tcp });
  }
}

const responseCodes = { formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5 } as const;

function misbehave(behavior: DnsBehavior, message: DnsMessage, answer: Answer, passOn: () => void): void {
  const { does } = behavior;
  const reply = (more: Partial<DnsMessageOffer>): Uint8Array => {
    const [{ name, type, classCode }] = message.questions as [DnsMessage['questions'][0]];
    return encodeDnsMessage({
      id: message.id,
      response: true,
      recursionDesired: message.recursionDesired,
      recursionAvailable: true,
      questions: [{ name, type, classCode }],
      ...more,
    });
  };
  const name = message.questions[0]?.name ?? '';
  if (typeof does === 'object') {
    if ('delayMs' in does) setTimeout(passOn, does.delayMs);
    else {
      const type = message.questions[0]?.type;
      const records = does.answer
        .map((line) => parseRecord(line.replace(/^@ /, `${name} `)))
        .filter((record) => record.type === type || record.type === 'CNAME');
      answer(reply({ answers: records }));
    }
    return;
  }
  switch (does) {
    case 'silence':
      return;
    case 'close':
      answer('close');
      return;
    case 'formerr':
    case 'servfail':
    case 'nxdomain':
    case 'notimp':
    case 'refused':
      answer(reply({ rcode: responseCodes[does] }));
      return;
    case 'no-data':
      answer(reply({}));
      return;
    case 'truncate':
      answer(reply({ truncated: true }));
      return;
    case 'wrong-id':
      answer(reply({ id: message.id ^ 0x5555 }));
      return;
    case 'wrong-question':
      answer(reply({ questions: [{ name: 'unasked.example', type: 'A' }] }));
      return;
    case 'garbage':
      // The question is right; one answer is announced, whose name points nowhere and whose data is missing.
      answer(withBrokenAnswer(Buffer.from(reply({}))));
  }
}

function withBrokenAnswer(reply: Buffer): Buffer {
  reply.writeUInt16BE(1, 6);
  return Buffer.concat([reply, Buffer.from('c0ff00010001000000ff0004', 'hex')]);
}

/** Messages over TCP carry a two-byte length (RFC 1035 section 4.2.2). */
function readFrames(socket: Socket, onMessage: (bytes: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      onMessage(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}
