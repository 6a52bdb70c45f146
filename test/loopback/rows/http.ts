import {
  badGzip,
  bodyUntilClose,
  bodyUntilCut,
  byteByByte,
  closeAfterRequest,
  contradictingLengths,
  cutGzip,
  httpResponse,
  interimResponses,
  malformedChunk,
  malformedStatusLine,
  resetAfterCompleteBody,
  resetAfterRequest,
  resetInBody,
  silentAfterRequest,
  stalledBody,
  strayHeaderLine,
  truncatedByChunk,
  truncatedByLength,
} from '../../../lab/loopback/misbehaviours.ts';
import { healthyDocument, type Page, type Pages, startSite } from '../../../lab/loopback/site.ts';
import { closedPort, startScriptedServer } from '../../../lab/loopback/tcp-server.ts';
import type { ExpectedVerdict, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const inTls = { tls: true } as const;
const here = { records: { A: ['127.0.0.1'] } };

/** A page that answers with a status and a small document. */
function status(code: number, headers: Page['headers'] = {}): Pages {
  return { '/': { status: code, body: `<h1>${code}</h1>`, headers } };
}

function moved(location: string, code = 302): Page {
  return { status: code, headers: { location }, body: null };
}

function statusRow(code: number, verdict: ExpectedVerdict, command?: true): Scenario {
  return { when: `the answer is ${code}`, walk: (stage) => stage.site(status(code)), verdict, ...(command ? { command } : {}) };
}

/** An upstream that accepts requests and plays a script. */
async function upstream(stage: Stage, script: typeof silentAfterRequest): Promise<{ address: string; port: number }> {
  return stage.start(startScriptedServer({ script }));
}

/** The application's answer. TLS works in every row that has it. */
export const httpScenarios: readonly Scenario[] = [
  statusRow(400, 'failed http.bad-request'),
  statusRow(401, 'failed http.unauthorized', true),
  statusRow(403, 'failed http.forbidden', true),
  statusRow(404, 'failed http.not-found', true),
  statusRow(410, 'failed http.not-found'),
  statusRow(418, 'failed http.client-error'),
  statusRow(429, 'failed http.rate-limited', true),
  statusRow(500, 'failed http.server-error', true),
  statusRow(501, 'failed http.server-error'),
  statusRow(502, 'failed http.bad-gateway'),
  statusRow(503, 'failed http.unavailable'),
  statusRow(504, 'failed http.gateway-timeout'),
  statusRow(522, 'failed http.origin-down'),
  {
    when: 'a proxy finds the port of its upstream closed',
    walk: async (stage) => stage.proxied({ upstream: { address: '127.0.0.1', port: await closedPort() } }),
    verdict: 'failed http.bad-gateway',
    command: true,
  },
  {
    when: 'a proxy has no healthy upstream',
    walk: async (stage) => stage.proxied({ upstream: { address: '127.0.0.1', port: await closedPort() }, healthChecked: true }),
    verdict: 'failed http.unavailable',
    command: true,
  },
  {
    when: 'a proxy waits in vain for its upstream',
    walk: async (stage) => stage.proxied({ upstream: await upstream(stage, silentAfterRequest), upstreamTimeoutMs: 300 }),
    verdict: 'failed http.gateway-timeout',
    command: true,
  },
  {
    when: 'the server is silent after the request',
    walk: async (stage) => ({ ...(await stage.scripted(silentAfterRequest, inTls)), timeoutSeconds: 1 }),
    verdict: 'failed http.timeout',
    command: true,
  },
  {
    when: 'the server resets after the request',
    walk: (stage) => stage.scripted(resetAfterRequest, inTls),
    verdict: 'failed http.reset',
    command: true,
  },
  {
    when: 'the server closes after the request',
    walk: (stage) => stage.scripted(closeAfterRequest, inTls),
    verdict: 'failed http.closed',
    command: true,
  },
  {
    when: 'the server resets after the request, and the scheme is http',
    walk: (stage) => stage.scripted(resetAfterRequest, { scheme: 'http' }),
    verdict: 'failed http.reset',
  },
  {
    when: 'the server closes after the request, and the scheme is http',
    walk: (stage) => stage.scripted(closeAfterRequest, { scheme: 'http' }),
    verdict: 'failed http.closed',
  },
  {
    when: 'the status line is broken',
    walk: (stage) => stage.scripted(malformedStatusLine, inTls),
    verdict: 'failed http.malformed',
    command: true,
  },
  {
    when: 'two stated lengths contradict each other',
    walk: (stage) => stage.scripted(contradictingLengths, inTls),
    verdict: 'failed http.malformed',
  },
  { when: 'a chunk size is broken', walk: (stage) => stage.scripted(malformedChunk, inTls), verdict: 'failed http.malformed' },
  {
    when: 'the body ends before its stated length',
    walk: (stage) => stage.scripted(truncatedByLength, inTls),
    verdict: 'failed http.truncated',
    command: true,
  },
  {
    when: 'the body ends before its last chunk',
    walk: (stage) => stage.scripted(truncatedByChunk, inTls),
    verdict: 'failed http.truncated',
    command: true,
  },
  { when: 'the connection is reset in the body', walk: (stage) => stage.scripted(resetInBody, inTls), verdict: 'failed http.truncated' },
  {
    when: 'the body stops arriving',
    walk: async (stage) => ({ ...(await stage.scripted(stalledBody, inTls)), timeoutSeconds: 1 }),
    verdict: 'failed http.stalled',
    command: true,
  },
  {
    when: 'the body is not the gzip it is said to be',
    walk: (stage) => stage.scripted(badGzip, inTls),
    verdict: 'failed http.bad-encoding',
    command: true,
  },
  { when: 'the gzip ends early in a complete body', walk: (stage) => stage.scripted(cutGzip, inTls), verdict: 'failed http.bad-encoding' },
  {
    when: 'two pages redirect to each other',
    walk: (stage) => stage.site({ '/': moved('/other'), '/other': moved('/') }),
    verdict: 'failed http.redirect-loop',
    command: true,
  },
  {
    when: 'every page redirects to a new one',
    walk: (stage) => stage.site(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i === 0 ? '/' : `/${i}`, moved(`/${i + 1}`)]))),
    verdict: 'failed http.redirect-loop',
  },
  {
    when: 'the site redirects to a name that does not exist',
    walk: (stage) => stage.site({ '/': moved('https://dead.test/') }, '/', { 'site.test': here }),
    verdict: 'failed http.redirect-broken by dns.nxdomain',
    command: true,
  },
  {
    when: 'the site redirects to a closed port',
    walk: async (stage) => stage.site({ '/': moved(`http://site.test:${await closedPort()}/`, 301) }),
    verdict: 'failed http.redirect-broken by tcp.refused',
  },
  {
    when: 'the site redirects to a page that is missing',
    walk: (stage) => stage.site({ '/': moved('/gone') }),
    verdict: 'failed http.redirect-broken by http.not-found',
  },
  {
    when: 'a redirect has no location',
    walk: (stage) => stage.site({ '/': { status: 302, body: null } }),
    verdict: 'failed http.redirect-invalid',
  },
  {
    when: 'a redirect leads to another scheme',
    walk: (stage) => stage.site({ '/': moved('ftp://site.test/') }),
    verdict: 'failed http.redirect-invalid',
  },
  {
    when: 'plain HTTP is sent to a TLS port, which says so',
    walk: (stage) =>
      stage.scripted(
        [
          { await: 'request' },
          {
            send: httpResponse('400 Bad Request', '<h1>The plain HTTP request was sent to HTTPS port</h1>', [
              'server: nginx',
              'content-type: text/html',
              'connection: close',
            ]),
          },
          { finish: 'close' },
        ],
        { scheme: 'http' },
      ),
    verdict: 'failed http.bad-request',
  },
  { when: 'the first byte takes 2 s', walk: (stage) => stage.site({ '/': { afterMs: 2000 } }), verdict: 'degraded http.slow' },
  {
    when: 'the answer is 200 and 204 was expected',
    walk: async (stage) => ({ ...(await stage.site({ '/': {} })), expectStatus: 204 }),
    verdict: 'failed http.unexpected',
  },
  {
    when: 'the page lacks the text that was expected',
    walk: async (stage) => ({ ...(await stage.site({ '/': {} })), expectText: 'Order number' }),
    verdict: 'failed http.unexpected',
  },

  { when: 'the first byte takes 300 ms', walk: (stage) => stage.site({ '/': { afterMs: 300 } }), verdict: 'ok' },
  {
    when: 'the answer is 404 as expected',
    walk: async (stage) => ({ ...(await stage.site(status(404))), expectStatus: 404 }),
    verdict: 'ok',
    command: true,
  },
  {
    when: 'the page has the text that was expected',
    walk: async (stage) => ({ ...(await stage.site({ '/': {} })), expectText: 'It works' }),
    verdict: 'ok',
  },
  { when: 'the answer is 204', walk: (stage) => stage.site({ '/': { status: 204, body: null } }), verdict: 'ok' },
  { when: 'the body is chunked and complete', walk: (stage) => stage.site({ '/': { chunks: 5 } }), verdict: 'ok', command: true },
  { when: 'the body is gzip and whole', walk: (stage) => stage.site({ '/': { gzip: true } }), verdict: 'ok', command: true },
  {
    when: 'the body arrives in pieces with pauses of 300 ms',
    walk: (stage) => stage.site({ '/': { chunks: 4, betweenChunksMs: 300 } }),
    verdict: 'ok',
  },
  { when: 'the response comes byte by byte', walk: (stage) => stage.scripted(byteByByte, inTls), verdict: 'ok' },
  { when: 'the end of the connection is the end of the body', walk: (stage) => stage.scripted(bodyUntilClose, inTls), verdict: 'ok' },
  {
    when: 'the connection ends without close_notify after a whole body',
    walk: (stage) => stage.scripted(bodyUntilCut, inTls),
    verdict: 'ok',
  },
  {
    when: 'the connection is reset after a whole body',
    walk: (stage) => stage.scripted(resetAfterCompleteBody, inTls),
    verdict: 'ok',
    command: true,
  },
  { when: 'the header holds a stray line', walk: (stage) => stage.scripted(strayHeaderLine, inTls), verdict: 'ok' },
  { when: 'an interim response comes first', walk: (stage) => stage.scripted(interimResponses, inTls), verdict: 'ok' },
  {
    when: 'the headers are 12 kB large',
    walk: (stage) => stage.site({ '/': { headers: { 'set-cookie': Array.from({ length: 12 }, (_, i) => `c${i}=${'x'.repeat(1000)}`) } } }),
    verdict: 'ok',
  },
  { when: 'HEAD gets no response and GET works', walk: (stage) => stage.site({ '/': { head: 'closed' } }), verdict: 'ok', command: true },
  { when: 'HEAD is not allowed and GET works', walk: (stage) => stage.site({ '/': { head: 'not-allowed' } }), verdict: 'ok' },
  {
    when: 'three redirects lead to a page that works',
    walk: (stage) => stage.site({ '/': moved('/a', 301), '/a': moved('b', 307), '/b': moved('/c?d=e', 308), '/c': {} }),
    verdict: 'ok',
    command: true,
  },
  {
    when: 'plain HTTP redirects to https',
    walk: async (stage) => {
      const secure = await stage.start(startSite({ tls: await stage.leaf() }));
      const plain = await stage.start(startSite({ pages: { '/': moved(`https://site.test:${secure.port}/`, 301) } }));
      return stage.at(plain.port, 'http');
    },
    verdict: 'ok',
  },
  {
    when: 'the scheme is http and all is well',
    walk: async (stage) => stage.at((await stage.start(startSite())).port, 'http'),
    verdict: 'ok',
    command: true,
  },
  {
    when: 'a proxy passes the request on to a healthy upstream',
    walk: async (stage) => stage.proxied({ upstream: await stage.start(startSite()) }),
    verdict: 'ok',
  },
  {
    when: 'the body is 2 MB large',
    walk: (stage) => stage.site({ '/': { body: healthyDocument + '<p>more</p>\n'.repeat(175_000) } }),
    verdict: 'ok',
  },
];
