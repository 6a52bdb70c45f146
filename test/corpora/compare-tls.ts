import { createHash } from 'node:crypto';
import { versionOf } from '../../src/capture/observe-tls.ts';
import { type CaptureReading, conversationKey, endpointText, keyOf, type ReadTls } from './reading-of.ts';
import { isSure, type Truth, type TruthTlsStream } from './truth.ts';

const versions: Readonly<Record<string, string>> = {
  'SSL 3.0': 'SSLv3',
  'TLS 1.0': 'TLSv1',
  'TLS 1.1': 'TLSv1.1',
  'TLS 1.2': 'TLSv1.2',
  'TLS 1.3': 'TLSv1.3',
};

/** TLS over TCP: server name, ALPN, ECH, version, cipher, retry, certificates and alerts. */
export function compareTls(read: CaptureReading, truth: Truth): string[] {
  if (!isSure(truth)) return [];
  const streams = new Map((truth.tcp.streams ?? []).map((stream) => [stream.stream, stream]));
  const mine = new Map(read.tls.map((one) => [keyOf(one.conversation), one]));
  const found: string[] = [];
  for (const theirs of truth.tls.streams ?? []) {
    const stream = streams.get(theirs.stream);
    if (theirs.over !== 'tcp' || stream === undefined || theirs.debatable !== undefined || theirs.agreement !== undefined) continue;
    const tls = mine.get(conversationKey(stream.first_frame, stream.a, stream.b));
    if (tls === undefined) found.push(`stream ${theirs.stream} missing`);
    else found.push(...compareHellos(tls, theirs), ...compareAlerts(tls, theirs), ...compareCertificates(tls, theirs));
  }
  return found;
}

function compareHellos(tls: ReadTls, theirs: TruthTlsStream): string[] {
  const at = `stream ${theirs.stream}`;
  const found: string[] = [];
  const hello = tls.clear.client.clientHello;
  if (theirs.client_hello !== undefined) {
    const { sni, alpn, ech, frame } = theirs.client_hello;
    if (hello === null) found.push(`${at}: no ClientHello`);
    else {
      if (hello.serverName !== sni) found.push(`${at}: server name ${hello.serverName}, ${sni}`);
      if (hello.alpn.join() !== (alpn ?? []).join()) found.push(`${at}: ALPN ${hello.alpn}, ${alpn}`);
      if ((hello.encryptedClientHello === 'outer') !== ech) found.push(`${at}: ECH ${hello.encryptedClientHello}, ${ech}`);
      if (tls.clientHelloFrame !== frame) found.push(`${at}: ClientHello in frame ${tls.clientHelloFrame}, ${frame}`);
    }
  }
  const answer = tls.clear.server.serverHello;
  if (theirs.server_hello !== undefined) {
    if (answer === null) found.push(`${at}: no ServerHello`);
    else {
      const version = versionOf(answer);
      const wanted = theirs.negotiated_version ?? '';
      // Drafts of TLS 1.3 count as TLS 1.3.
      const isDraft = wanted.startsWith('TLS 1.3 draft') || wanted.startsWith('0xfb');
      if (version !== (isDraft ? 'TLSv1.3' : versions[wanted])) found.push(`${at}: version ${version}, ${wanted}`);
      if (answer.cipherSuite !== Number(theirs.cipher)) found.push(`${at}: cipher ${answer.cipherSuite}, ${theirs.cipher}`);
      if (answer.alpn !== theirs.server_hello.alpn) found.push(`${at}: ALPN ${answer.alpn}, ${theirs.server_hello.alpn}`);
    }
  }
  if (theirs.hello_retry_request !== (tls.clear.server.helloRetryRequest !== null)) found.push(`${at}: retry`);
  return found;
}

function compareAlerts(tls: ReadTls, theirs: TruthTlsStream): string[] {
  const clear = tls.alerts
    .filter((alert) => alert.level >= 0)
    .map((alert) => `${alert.frame}/${alert.level === 1 ? 'warning' : 'fatal'}/${alert.description}`);
  const wanted = (theirs.alerts ?? []).map((alert) => `${alert.frame}/${alert.level}/${alert.desc}`);
  const found = clear.join() === wanted.join() ? [] : [`stream ${theirs.stream}: alerts ${clear}, ${wanted}`];
  const encrypted = tls.alerts.filter((alert) => alert.level < 0).map((alert) => alert.frame);
  const wantedEncrypted = (theirs.alerts_encrypted ?? []).map((alert) => alert.frame);
  if (encrypted.join() !== wantedEncrypted.join()) found.push(`stream ${theirs.stream}: encrypted alerts ${encrypted}, ${wantedEncrypted}`);
  return found;
}

function compareCertificates(tls: ReadTls, theirs: TruthTlsStream): string[] {
  return (theirs.certificates ?? []).flatMap(({ from, chain }) => {
    const side = from === endpointText(tls.conversation.server) ? tls.clear.server : tls.clear.client;
    const hashes = (side.certificate?.certificates ?? []).map((der) => createHash('sha256').update(der).digest('hex'));
    return hashes.join() === chain.join() ? [] : [`stream ${theirs.stream}: ${hashes.length} certificates, ${chain.length}`];
  });
}
