import { closeSync, openSync, writeSync } from 'node:fs';
import { CaptureWriter } from '../fixtures/captures/make/capture-writer.ts';
import { type Station, udpFrame } from '../fixtures/captures/make/frame.ts';
import { type FrameSink, TcpDialogue } from '../fixtures/captures/make/tcp-dialogue.ts';
import {
  applicationData,
  certificateMessage,
  changeCipherSpec,
  clientHello,
  clientKeyExchange,
  encryptedHandshake,
  serverHello,
  serverHelloDone,
  serverKeyExchange,
  together,
} from '../fixtures/captures/make/tls-bytes.ts';
import { encodeDnsMessage } from '../src/wire/dns-encode.ts';

/** Captures to measure on, made here so that anybody can repeat the figures: nothing in them is random, nothing is from anywhere. */

const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);
const clientMac = '02:00:00:00:00:01';
const serverMac = '02:00:00:00:00:02';
const flushBytes = 8 * 1_048_576;

/** Writes a capture in pieces, so that its size is not bounded by memory. */
class CaptureFile implements FrameSink {
  bytes = 0;
  private readonly file: number;
  private readonly writer: CaptureWriter;

  constructor(path: string) {
    this.file = openSync(path, 'w');
    this.writer = new CaptureWriter({ format: 'pcap' });
  }

  frame(timeMs: number, frame: Uint8Array): void {
    this.writer.frame(timeMs, frame);
    if (this.writer.pendingBytes > flushBytes) this.flush();
  }

  private flush(): void {
    const piece = this.writer.take();
    for (let at = 0; at < piece.length; ) at += writeSync(this.file, piece, at);
    this.bytes += piece.length;
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}

/** Frames of several conversations at once, put in order of time. */
class Interleaved implements FrameSink {
  private frames: { timeMs: number; frame: Uint8Array }[] = [];

  frame(timeMs: number, frame: Uint8Array): void {
    this.frames.push({ timeMs, frame });
  }

  flushTo(sink: FrameSink): void {
    this.frames.sort((one, other) => one.timeMs - other.timeMs);
    for (const { timeMs, frame } of this.frames) sink.frame(timeMs, frame);
    this.frames = [];
  }
}

function station(mac: string, address: string): Station {
  return { mac, address };
}

const servers = Array.from({ length: 64 }, (_, i) => station(serverMac, `203.0.113.${i + 1}`));
const serversV6 = Array.from({ length: 16 }, (_, i) => station(serverMac, `2001:db8:1::${(i + 1).toString(16)}`));
const clients = Array.from({ length: 200 }, (_, i) => station(clientMac, `198.51.100.${i + 1}`));
const clientsV6 = Array.from({ length: 50 }, (_, i) => station(clientMac, `2001:db8:2::${(i + 1).toString(16)}`));
const resolver = station(serverMac, '192.0.2.53');

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

const body = new Uint8Array(8 * 1_048_576).fill(0x2e);
const encrypted = applicationData(body.length);
const hello = together(serverHello(0x0304, 0x1301), changeCipherSpec(), applicationData(2800));
const head = text(`HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`);

/** The `i`th download of {@link writeBulkCapture}: 8 MiB, every second one over TLS. */
export function download(sink: FrameSink, i: number): void {
  const isTls = i % 2 === 1;
  const dialogue = new TcpDialogue(sink, {
    client: clients[i % clients.length]!,
    server: servers[i % servers.length]!,
    clientPort: 20_000 + (i % 40_000),
    serverPort: isTls ? 443 : 80,
    startMs: startMs + i * 400,
    roundTripMs: 20,
    window: 65_535,
  });
  dialogue.open();
  if (isTls) {
    dialogue.clientSends(clientHello({ serverName: `download${i % 10}.example.com`, paddedBytes: 512 })).serverSends(hello);
    dialogue
      .clientSends(together(changeCipherSpec(), applicationData(58)))
      .clientSends(applicationData(180))
      .serverSends(encrypted);
  } else {
    dialogue.clientSends(text(`GET /file${i} HTTP/1.1\r\nHost: download.example.com\r\nUser-Agent: bench\r\n\r\n`));
    dialogue.serverSends(together(head, body));
  }
  dialogue.close();
}

/** Downloads until the file has `bytes`. */
export function writeBulkCapture(path: string, bytes: number): void {
  const file = new CaptureFile(path);
  for (let i = 0; file.bytes < bytes; i++) download(file, i);
  file.close();
}

/** `flows` requests from many clients, each with its DNS question: mostly small answers, a third over TLS, some failing in every usual way. */
export function writeShortFlowsCapture(path: string, flows: number): void {
  const file = new CaptureFile(path);
  const concurrent = 32;
  for (let first = 0; first < flows; first += concurrent) {
    const interleaved = new Interleaved();
    for (let i = first; i < Math.min(first + concurrent, flows); i++) shortFlow(interleaved, i);
    interleaved.flushTo(file);
  }
  file.close();
}

const certificate = new Uint8Array(1200).map((_, i) => (i * 37) & 0xff);
const flight = together(
  serverHello(0x0303, 0xc02b),
  certificateMessage([certificate, certificate]),
  serverKeyExchange(),
  serverHelloDone(),
);
const flight13 = together(serverHello(0x0304, 0x1301), changeCipherSpec(), applicationData(2800));
const reply = applicationData(700);

/** The `i`th request of {@link writeShortFlowsCapture}. */
export function shortFlow(sink: FrameSink, i: number): void {
  const isIpv6 = i % 10 === 9;
  const client = isIpv6 ? clientsV6[i % clientsV6.length]! : clients[i % clients.length]!;
  const server = isIpv6 ? serversV6[i % serversV6.length]! : servers[i % servers.length]!;
  const name = `www${i % 997}.example.com`;
  const atMs = startMs + Math.floor(i / 32) * 40 + (i % 32) * 0.9;
  const missing = i % 50 === 7;
  const port = 1024 + ((i * 31) % 64_000);
  const resolverClient = clients[i % clients.length]!;
  const id = (i * 7919) & 0xffff;
  const question = { name, type: isIpv6 ? 'AAAA' : 'A' };
  sink.frame(atMs, udpFrame(resolverClient, resolver, port, 53, encodeDnsMessage({ id, recursionDesired: true, questions: [question] })));
  const answer = encodeDnsMessage({
    id,
    response: true,
    recursionDesired: true,
    recursionAvailable: true,
    rcode: missing ? 3 : 0,
    questions: [question],
    answers: missing ? [] : [{ ...question, ttlSeconds: 300, data: server.address }],
  });
  sink.frame(atMs + 4, udpFrame(resolver, resolverClient, 53, port, answer));
  if (missing) return;
  const dialogue = new TcpDialogue(sink, {
    client,
    server,
    clientPort: 1024 + ((i * 17) % 64_000),
    serverPort: i % 3 === 0 ? 443 : 80,
    startMs: atMs + 5,
    roundTripMs: 18,
  });
  if (i % 200 === 11) {
    dialogue.syn().refuse();
    return;
  }
  if (i % 1000 === 13) {
    dialogue.syn([1000, 2000]);
    return;
  }
  dialogue.open();
  if (i % 3 === 0) {
    dialogue.clientSends(clientHello({ serverName: name, paddedBytes: 512, seed: i }));
    if (i % 6 === 0) {
      dialogue.serverSends(flight13).clientSends(together(changeCipherSpec(), applicationData(58)));
    } else {
      dialogue.serverSends(flight).clientSends(together(clientKeyExchange(), changeCipherSpec(), encryptedHandshake()));
      dialogue.serverSends(together(changeCipherSpec(), encryptedHandshake()));
    }
    dialogue.clientSends(applicationData(160)).serverSends(reply);
  } else {
    const status = i % 40 === 1 ? '502 Bad Gateway' : '200 OK';
    dialogue.clientSends(text(`GET /page/${i} HTTP/1.1\r\nHost: ${name}\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n`));
    dialogue.serverSends(
      text(`HTTP/1.1 ${status}\r\nServer: bench\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n${'x'.repeat(64)}`),
    );
  }
  dialogue.close();
}
