import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { encodeDnsQuery } from '../../src/wire/dns-encode.ts';
import { decodeDnsMessage } from '../../src/wire/dns-message.ts';
import { allocate, checked, libc, linux } from '../kernel/libc.ts';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import { socketAddress } from '../kernel/socket.ts';
import type { Place } from '../topology/plan.ts';

/** The lab's own small measurements, from the client, with means that share nothing with the engine's probes. */

const patienceMs = 1_200;

/** Whether an echo request of so many IP bytes is answered (RFC 792, RFC 4443). */
export async function pingAnswered(address: string, bytes: number): Promise<boolean> {
  const six = address.includes(':');
  const c = libc();
  const fd = checked(
    'socket',
    c.socket(six ? linux.AF_INET6 : linux.AF_INET, linux.SOCK_DGRAM | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC, six ? 58 : 1),
  );
  const name = socketAddress(address, 0);
  if (c.connect(fd, name, name.length) < 0) return false;
  const echo = Buffer.alloc(bytes - (six ? 40 : 20));
  echo[0] = six ? 128 : 8;
  c.send(fd, echo, echo.length, 0);
  const message = allocate(56);
  const vector = allocate(16);
  const room = allocate(2048);
  vector.bytes.writeBigUInt64LE(room.address, 0);
  vector.bytes.writeBigUInt64LE(2048n, 8);
  message.bytes.writeBigUInt64LE(vector.address, 16);
  message.bytes.writeBigUInt64LE(1n, 24);
  const deadline = performance.now() + patienceMs;
  let answered = false;
  while (!answered && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    answered = Number(c.recvmsg(fd, message.address, linux.MSG_DONTWAIT)) > 0;
  }
  c.close(fd);
  return answered;
}

export function connectOutcome(address: string, port: number): Promise<'open' | 'refused' | 'unreachable' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (outcome: 'open' | 'refused' | 'unreachable' | 'silent'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => done('silent'), patienceMs);
    socket.on('connect', () => done('open'));
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'));
  });
}

const responseCodeNames = ['answer', 'formerr', 'servfail', 'nxdomain', 'notimp', 'refused'];

/** One question by UDP: `answer`, `no-data`, another response code by name, `silent` or `refused-port`; and the data of the answers. */
export function questionOutcome(
  question: { server: string; name: string; type: string },
  waitMs: number = patienceMs,
): Promise<{ outcome: string; data: string[] }> {
  return new Promise((resolve) => {
    const socket = createSocket(question.server.includes(':') ? 'udp6' : 'udp4');
    const done = (outcome: string, data: string[] = []): void => {
      clearTimeout(timer);
      socket.close();
      resolve({ outcome, data });
    };
    const timer = setTimeout(() => done('silent'), waitMs);
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused-port' : 'unreachable'));
    socket.on('message', (bytes) => {
      const { message } = decodeDnsMessage(bytes);
      if (message === null) return done('malformed');
      const data = message.answers.map((record) => record.data);
      const name = responseCodeNames[message.rcode] ?? `rcode-${message.rcode}`;
      done(name === 'answer' && data.length === 0 ? 'no-data' : name, data);
    });
    socket.connect(53, question.server, () => {
      socket.send(
        encodeDnsQuery({ id: 4711, name: question.name, type: question.type, recursionDesired: true, checkingDisabled: false, edns: null }),
      );
    });
  });
}

/** One request to an address, certificates not looked at. Status 0 when there was no answer. */
export function requestOutcome(wanted: {
  address: string;
  port?: number;
  host?: string;
  path?: string;
  secure?: boolean;
  method?: string;
}): Promise<{ status: number; header: Record<string, string> }> {
  const { address, host = 'www.shop.example', path = '/', secure = true, method = 'GET' } = wanted;
  return new Promise((resolve) => {
    const options = {
      host: address,
      port: wanted.port ?? (secure ? 443 : 80),
      path,
      method,
      headers: { host },
      agent: false,
      timeout: patienceMs * 3,
    };
    const onResponse = (response: IncomingMessage): void => {
      response.resume();
      const header = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
      resolve({ status: response.statusCode ?? 0, header });
    };
    const request = secure
      ? httpsRequest({ ...options, servername: host, rejectUnauthorized: false }, onResponse)
      : httpRequest(options, onResponse);
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve({ status: 0, header: {} }));
    request.end();
  });
}

export async function neighborState(namespaces: NetNamespaces, place: Place, address: string): Promise<string> {
  const text = await ipOutput(namespaces, place, ['neigh', 'show', address]);
  return text.trim() === '' ? 'absent' : (text.trim().split(/\s+/).at(-1) ?? '').toLowerCase();
}

export function ipOutput(namespaces: NetNamespaces, place: Place, ipArguments: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = namespaces.within(place, () => spawn('ip', ipArguments, { stdio: ['ignore', 'pipe', 'ignore'] }));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

export function fileText(path: string): string {
  return readFileSync(path, 'utf8');
}
