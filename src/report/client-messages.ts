import type { CauseCode } from '../model/cause.ts';
import { type KnownMessage, message } from './known-message.ts';

/** What libraries and browsers say in words of their own. They come before the words that many programs share. */
export const clientMessages: readonly KnownMessage[] = [
  message(
    'WebSocket clients',
    /\bclosed?:? (with )?(code )?\(?1006\b|abnormal closure/i,
    'http.closed',
    'tcp.idle-drop',
    'http.bad-gateway',
  ),
  message(
    'WebSocket clients',
    /WebSocket is closed before the connection is established|websocket: bad handshake|WebSocket connection to .{1,300} failed:?\s*$/i,
    'http.bad-request',
    'http.forbidden',
    'http.bad-gateway',
  ),
  message('Go', /request canceled while waiting for connection/i, 'tcp.timeout', 'http.timeout'),
  message('Go', /timeout awaiting response headers/i, 'http.timeout', 'http.slow'),
  message('Go', /server closed idle connection|GOAWAY.{0,160}NO_ERROR/i, 'http.closed', 'tcp.idle-drop'),
  message('Java', /HttpConnectTimeoutException|ConnectTimeoutException|HTTP connect timed out/, 'tcp.timeout', 'tcp.filtered'),
  message('Java', /HttpTimeoutException|SocketTimeoutException: timeout\b|\bReadTimeoutException/, 'http.timeout', 'http.stalled'),
  message('Java', /ConnectionPoolTimeoutException|Timeout waiting for connection from pool/i, 'local.resource-limit', 'http.slow'),
  message('Java', /header parser received no bytes|unexpected end of stream on|PrematureCloseException/i, 'http.closed', 'tcp.idle-drop'),
  message('Java', /unexpected end of stream/i, 'http.truncated'),
  message('Java', /StreamResetException|stream was reset: /i, 'http.h2-failed'),
  message('Java, Firefox', /Server redirected too many|NS_ERROR_REDIRECT_LOOP/i, 'http.redirect-loop'),
  message(
    'Python, Rust',
    /Server disconnected|IncompleteMessage|connection closed before message completed|ServerDisconnectedError/i,
    'http.closed',
    'http.reset',
  ),
  message(
    'Node.js, Python, Firefox, .NET',
    /UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ERR_STREAM_PREMATURE_CLOSE|NS_ERROR_NET_PARTIAL_TRANSFER|ClientPayloadError|response ended prematurely/i,
    'http.truncated',
  ),
  message('Node.js, curl', /HPE_HEADER_OVERFLOW|Weird server reply/i, 'http.malformed'),
  message('Node.js', /AxiosError: timeout of \d|timeout of \d+ ?ms exceeded/i, 'http.timeout', 'tcp.timeout'),
  message('.NET', /HttpClient\.Timeout of .{1,20} seconds elapsing/i, 'http.timeout', 'tcp.timeout'),
  message('.NET', /connected party did not properly respond/i, 'tcp.timeout', 'tcp.filtered'),
  message('.NET', /underlying connection was closed/i, 'http.closed', 'tls.closed', 'tls.version'),
  message(
    '.NET',
    /SSL connection could not be established, see inner/i,
    'tls.missing-intermediate',
    'tls.name-mismatch',
    'tls.cert-expired',
    'tls.version',
  ),
  message('Ruby', /Net::OpenTimeout/, 'tcp.timeout', 'tcp.filtered'),
  message('Ruby', /EOFError.{0,4}end of file reached/, 'http.closed', 'tls.closed'),
  message('Ruby', /Faraday::ConnectionFailed/, 'tcp.refused', 'tcp.timeout', 'dns.nxdomain'),
  message('Apple', /NSURLErrorDomain.{0,12}-1001\b|The request timed out\./, 'http.timeout', 'tcp.timeout'),
  message('Apple', /NSURLErrorDomain.{0,12}-1003\b|server with the specified hostname could not be found/, 'dns.nxdomain', 'dns.no-data'),
  message('Apple', /NSURLErrorDomain.{0,12}-1004\b|Could not connect to the server\./, 'tcp.refused', 'tcp.timeout'),
  message('Apple', /NSURLErrorDomain.{0,12}-1005\b|The network connection was lost\./, 'http.reset', 'tcp.idle-drop', 'http.closed'),
  message('Apple', /NSURLErrorDomain.{0,12}-1009\b|Internet connection appears to be offline/, 'local.no-link', 'local.no-route'),
  message('Apple', /NSURLErrorDomain.{0,12}-120[0-6]\b/, 'tls.missing-intermediate', 'tls.name-mismatch', 'tls.version'),
  message('Safari', /server unexpectedly dropped the connection/i, 'http.closed', 'tls.closed', 'tcp.closed'),
  message('Chrome', /didn.{0,3}t send any data/i, 'http.closed', 'http.timeout'),
  message('Chrome', /unexpectedly closed the connection/i, 'tls.closed', 'tcp.closed'),
  message('Chrome', /server IP address could not be found|server.{0,3}s IP address could not be found/i, 'dns.nxdomain', 'dns.no-data'),
  message(
    'browsers',
    /Failed to find a valid digest|Refused to (apply style|execute script|load|connect to|frame|display) /i,
    'page.policy-blocked',
  ),
];

const grpcCodes: readonly { name: string; code: string; causes: [CauseCode, ...CauseCode[]] }[] = [
  { name: 'DeadlineExceeded', code: 'DEADLINE_EXCEEDED', causes: ['http.timeout', 'http.slow'] },
  { name: 'Unavailable', code: 'UNAVAILABLE', causes: ['http.unavailable', 'tcp.refused'] },
  { name: 'Unimplemented', code: 'UNIMPLEMENTED', causes: ['http.not-found'] },
  { name: 'ResourceExhausted', code: 'RESOURCE_EXHAUSTED', causes: ['http.rate-limited', 'http.unavailable'] },
  { name: 'Unauthenticated', code: 'UNAUTHENTICATED', causes: ['http.unauthorized'] },
  { name: 'PermissionDenied', code: 'PERMISSION_DENIED', causes: ['http.forbidden'] },
];

/** The numbers under which curl and what is built on it report, where no words are with them. */
const curlCodes: readonly { code: number; causes: [CauseCode, ...CauseCode[]] }[] = [
  { code: 5, causes: ['local.proxy-unreachable'] },
  { code: 6, causes: ['dns.nxdomain', 'dns.no-data'] },
  { code: 7, causes: ['tcp.refused', 'tcp.timeout'] },
  { code: 16, causes: ['http.h2-failed'] },
  { code: 18, causes: ['http.truncated'] },
  { code: 28, causes: ['http.timeout', 'tcp.timeout'] },
  { code: 35, causes: ['tls.closed', 'tls.reset', 'tls.version', 'tls.alert'] },
  { code: 47, causes: ['http.redirect-loop'] },
  { code: 51, causes: ['tls.name-mismatch'] },
  { code: 52, causes: ['http.closed'] },
  { code: 56, causes: ['http.reset', 'tls.reset'] },
  { code: 60, causes: ['tls.missing-intermediate', 'tls.unknown-ca', 'tls.cert-expired'] },
  { code: 61, causes: ['http.bad-encoding'] },
  { code: 92, causes: ['http.h2-failed'] },
];

/** What says little: asked last, when nothing else in the text is known. */
export const vagueMessages: readonly KnownMessage[] = [
  ...grpcCodes.map(({ name, code, causes }) =>
    message('gRPC', new RegExp(`\\bcode = ${name}\\b|StatusRuntimeException: ${code}\\b|\\b\\d{1,2} ${code}:`), ...causes),
  ),
  message('nginx', /\b(HTTP|status)\b.{0,12}\b499\b|client closed request/i, 'http.timeout', 'http.slow'),
  ...curlCodes.map(({ code, causes }) => message('curl', new RegExp(`\\bcURL error:? ${code}\\b|\\bcurl: \\(${code}\\)`, 'i'), ...causes)),
  message(
    'Node.js and browsers, which do not say why',
    /TypeError: (fetch failed|Failed to fetch|Load failed|NetworkError when attempting)/i,
    'tcp.refused',
    'dns.nxdomain',
    'tls.missing-intermediate',
    'page.policy-blocked',
  ),
];
