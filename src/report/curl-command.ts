import { type Case, evidenceOf, firstEvidence } from './case.ts';
import { quoted } from './command.ts';
import { endpointText } from './wording.ts';

const times =
  "'%{http_code} dns %{time_namelookup} tcp %{time_connect} tls %{time_appconnect} first-byte %{time_starttransfer} total %{time_total}\\n'";

/** The request as curl makes it the same way: version, method, proxy and address of the walk. `{url}` is left to be filled in. */
export function curlTemplate(subject: Case, authorities: string | null): string {
  const request = evidenceOf(subject, 'http.request-sent')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  const proxy = evidenceOf(subject, 'local.proxy-configured').find((one) => !one.bypassed);
  const chosen = firstEvidence(subject, 'dns.addresses-chosen');
  const [given] = chosen?.source === 'connect-to' || chosen?.source === 'connection' ? chosen.addresses : [];
  const port = request?.server.port ?? subject.port;
  const options = [
    'curl -sS -m 20',
    // What was asked over HTTP/1.1 is asked over it again: an answer over HTTP/2 need not be the same.
    request?.version === '1.1' ? '--http1.1' : '',
    request === undefined || request.method === 'GET' ? '' : request.method === 'HEAD' ? '-I' : `-X ${quoted(request.method)}`,
    given === undefined || proxy !== undefined ? '' : `--connect-to ${quoted(`::${endpointText(given, port)}`)}`,
    proxy === undefined ? '' : `-x ${quoted(proxy.url)}`,
    authorities === null ? '' : `--cacert ${quoted(authorities)}`,
    '-o /dev/null -D - -w',
    times,
    '{url}',
  ];
  return options.filter((option) => option !== '').join(' ');
}
