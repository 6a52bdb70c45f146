import { tlsAlertName, tlsHandshakeTypeName } from '../wire/tls-names.ts';

/** What a segment's payload begins with, by its first bytes alone: a TLS record or the start of an HTTP/1 message. Null for anything else. */
export function payloadHint(view: DataView, from: number, end: number): string | null {
  return tlsHint(view, from, end) ?? httpHint(view, from, end);
}

const changeCipherSpec = 20;
const alert = 21;
const handshake = 22;
const applicationData = 23;

/** RFC 8446 section 5.1: type, version 3.x, length. */
function tlsHint(view: DataView, from: number, end: number): string | null {
  if (end - from < 6 || view.getUint8(from + 1) !== 3 || view.getUint8(from + 2) > 4) return null;
  const length = view.getUint16(from + 3);
  switch (view.getUint8(from)) {
    case changeCipherSpec:
      return 'TLS ChangeCipherSpec';
    case alert:
      return length === 2 && end - from >= 7 ? `TLS alert ${tlsAlertName(view.getUint8(from + 6))}` : 'TLS alert, encrypted';
    case handshake: {
      const type = view.getUint8(from + 5);
      return type <= 24 ? `TLS ${tlsHandshakeTypeName(type)}` : 'TLS handshake, encrypted';
    }
    case applicationData:
      return 'TLS data';
    default:
      return null;
  }
}

const longestMethod = 10;

/** The method of a request, or the version and status of an answer: nothing that could be a secret. */
function httpHint(view: DataView, from: number, end: number): string | null {
  let text = '';
  for (let at = from; at < Math.min(end, from + longestMethod + 8); at++) text += String.fromCharCode(view.getUint8(at));
  const status = /^HTTP\/1\.[01] \d{3}/.exec(text)?.[0];
  if (status !== undefined) return status;
  const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) /.exec(text)?.[1];
  return method === undefined ? null : `HTTP ${method}`;
}
