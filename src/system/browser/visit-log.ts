import type { BrowserFailure } from '../../model/observations/page.ts';
import type { DevtoolsSession } from './devtools.ts';

const failureLimit = 30;
const consoleLimit = 20;
const consoleCharacters = 300;
/** Requests followed by their id; a page that makes more is not served by remembering them all. */
const requestLimit = 5000;

interface SentRequest {
  url: string;
  type: string;
}

/** The document's own response. */
export interface MainResponse {
  url: string;
  status: number;
  protocol: string | null;
}

/** What a browser tells of its requests while a page loads (DevTools protocol, domains Network, Log and Runtime). */
export class VisitLog {
  readonly failed: BrowserFailure[] = [];
  readonly consoleErrors: string[] = [];
  readonly contacted: Map<string, { address: string; port: number }> = new Map();
  requests = 0;
  bytes = 0;
  main: MainResponse | null = null;
  /** Why the document's own request failed, without `net::`. */
  mainError: string | null = null;
  readonly #sent = new Map<string, SentRequest>();
  readonly #inFlight = new Set<string>();
  #mainRequest: string | null = null;
  #lastActivityMs: number = performance.now();

  constructor(session: DevtoolsSession) {
    session.on('Network.requestWillBeSent', (event: RequestWillBeSent) => this.#onRequest(event));
    session.on('Network.responseReceived', (event: ResponseReceived) => this.#onResponse(event));
    session.on('Network.loadingFinished', (event: { requestId: string; encodedDataLength?: number }) => {
      this.bytes += event.encodedDataLength ?? 0;
      this.#ended(event.requestId);
    });
    session.on('Network.loadingFailed', (event: LoadingFailed) => this.#onFailed(event));
    session.on('Log.entryAdded', ({ entry }: { entry: { level: string; text: string; url?: string } }) => {
      if (entry.level === 'error') this.#note(entry.url === undefined ? entry.text : `${entry.text} (${entry.url})`);
    });
    session.on('Runtime.exceptionThrown', ({ exceptionDetails: details }: ExceptionThrown) => {
      this.#note(details.exception?.description?.split('\n', 1)[0] ?? details.text);
    });
    session.on('Runtime.consoleAPICalled', (event: ConsoleCall) => {
      if (event.type === 'error') this.#note(event.args.map((one) => String(one.value ?? one.description ?? '')).join(' '));
    });
  }

  /** How long nothing has been under way; 0 while something is. */
  get quietMs(): number {
    return this.#inFlight.size > 0 ? 0 : performance.now() - this.#lastActivityMs;
  }

  #ended(requestId: string): void {
    this.#inFlight.delete(requestId);
    this.#lastActivityMs = performance.now();
  }

  #note(text: string): void {
    if (this.consoleErrors.length < consoleLimit) this.consoleErrors.push(text.slice(0, consoleCharacters));
  }

  #onRequest({ requestId, loaderId, request, type, frameId }: RequestWillBeSent): void {
    if (!/^(?:https?|wss?):/.test(request.url)) return;
    this.requests += 1;
    // Streams stay open by design.
    if (type !== 'EventSource' && type !== 'WebSocket' && this.#inFlight.size < requestLimit) this.#inFlight.add(requestId);
    this.#lastActivityMs = performance.now();
    // A navigation's request bears the name of its loader; the first one is the visit's.
    if (type === 'Document' && requestId === loaderId && this.#mainRequest === null && frameId !== undefined) this.#mainRequest = requestId;
    if (this.#sent.size < requestLimit) this.#sent.set(requestId, { url: request.url, type: type ?? 'Other' });
  }

  #onResponse({ requestId, response }: ResponseReceived): void {
    const { remoteIPAddress: address, remotePort: port } = response;
    if (address !== undefined && address !== '' && port !== undefined) {
      const plain = address.replace(/^\[|\]$/g, '');
      this.contacted.set(`${plain} ${port}`, { address: plain, port });
    }
    if (requestId === this.#mainRequest) this.main = { url: response.url, status: response.status, protocol: response.protocol ?? null };
  }

  #onFailed({ requestId, errorText, canceled, blockedReason, corsErrorStatus, type }: LoadingFailed): void {
    this.#ended(requestId);
    const error = errorText.replace(/^net::/, '');
    if (requestId === this.#mainRequest) this.mainError ??= error;
    const sent = this.#sent.get(requestId);
    const refused = blockedReason ?? corsErrorStatus?.corsError ?? null;
    if (sent === undefined || (canceled === true && refused === null) || this.failed.length >= failureLimit) return;
    this.failed.push({ url: sent.url, type: type ?? sent.type, error, refused });
  }
}

interface RequestWillBeSent {
  requestId: string;
  loaderId: string;
  frameId?: string;
  type?: string;
  request: { url: string };
}

interface ResponseReceived {
  requestId: string;
  response: { url: string; status: number; protocol?: string; remoteIPAddress?: string; remotePort?: number };
}

interface LoadingFailed {
  requestId: string;
  errorText: string;
  type?: string;
  canceled?: boolean;
  blockedReason?: string;
  corsErrorStatus?: { corsError: string };
}

interface ExceptionThrown {
  exceptionDetails: { text: string; exception?: { description?: string } };
}

interface ConsoleCall {
  type: string;
  args: { value?: unknown; description?: string }[];
}
