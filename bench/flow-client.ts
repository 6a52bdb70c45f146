import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { encodeDnsMessage } from '../src/wire/dns-encode.ts';
import { serverAddress, serverAddress6, zoneName } from './flow-plan.ts';

/**
 * Asks for many things, each by a lookup and a connection of its own: three of ten over TLS, one of ten over IPv6; some names do not exist, some ports
 * refuse, some say nothing, some answers are errors. Arguments: ordinal of the first, how many.
 */
const [first = 0, count = 0] = process.argv.slice(2).map(Number);
const concurrent = 64;
const names = 997;
const questionLimitMs = 2000;
const questionTries = 3;
const connectionLimitMs = 6000;

function lookUp(name: string, isIpv6: boolean, id: number): Promise<void> {
  const question = { name, type: isIpv6 ? 'AAAA' : 'A' } as const;
  const message = encodeDnsMessage({ id, recursionDesired: true, questions: [question], edns: { udpPayloadBytes: 1232, dnssecOk: false } });
  return new Promise((resolve) => {
    const socket = createSocket(isIpv6 ? 'udp6' : 'udp4');
    let tries = 0;
    const ask = (): void => {
      if (tries++ < questionTries) socket.send(message, 53, isIpv6 ? serverAddress6 : serverAddress);
      else over();
    };
    const over = (): void => {
      clearInterval(again);
      socket.close();
      resolve();
    };
    const again = setInterval(ask, questionLimitMs);
    socket.once('message', over).on('error', () => {});
    ask();
  });
}

function request(i: number, name: string, isIpv6: boolean): Promise<void> {
  const isTls = i % 10 < 3;
  const port = i % 200 === 11 ? 9 : i % 1000 === 13 ? 10 : isTls ? 443 : 80;
  const path = i % 40 === 4 ? '/bad' : `/page/${i}`;
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: ${name}`,
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench',
    'Accept: */*',
    'Accept-Encoding: gzip, deflate, br',
    'Connection: close',
  ];
  const text = `${head.join('\r\n')}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connect({ host: isIpv6 ? serverAddress6 : serverAddress, port });
    const limit = setTimeout(() => socket.destroy(), connectionLimitMs);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(limit);
      resolve();
    });
    socket.on('connect', () => {
      if (port !== 443) {
        socket.write(text);
        socket.resume();
        return;
      }
      const maxVersion = i % 20 < 10 ? 'TLSv1.2' : 'TLSv1.3';
      const tls = connectTls({ socket, servername: name, rejectUnauthorized: false, maxVersion }, () => tls.write(text));
      tls.on('error', () => {});
      tls.on('end', () => tls.end());
      tls.resume();
    });
  });
}

let next = first;
async function askInTurn(): Promise<void> {
  while (next < first + count) {
    const i = next++;
    const isIpv6 = i % 10 === 9;
    const isMissing = i % 41 === 7;
    const name = isMissing ? `n${i % names}.${zoneName}` : `www${i % names}.ok.${zoneName}`;
    await lookUp(name, isIpv6, (i * 7919) & 0xffff);
    if (!isMissing) await request(i, name, isIpv6);
  }
}

await Promise.all(Array.from({ length: concurrent }, askInTurn));
