import { type Case, evidenceOf } from '../case.ts';
import { escapeForTerminal } from '../escape.ts';
import { endpointText } from '../wording.ts';
import { curlTimings } from '../worksheet/facts.ts';

/** Request and response headers of every request, `>` and `<` as curl marks them, and the timing line; null when nothing was sent. Escaped. */
export function renderHttpExchange(subject: Case): string | null {
  const requests = evidenceOf(subject, 'http.request-sent');
  if (requests.length === 0) return null;
  const responses = evidenceOf(subject, 'http.response-received');
  const bodies = evidenceOf(subject, 'http.body-received');
  const lines = requests.flatMap((request) => {
    // By order, not by time: an answer may be read before the system says that the request was sent.
    const ordinal = requests.filter((one) => isSameExchange(one, request)).indexOf(request);
    const response = responses.filter((one) => isSameExchange(one, request))[ordinal];
    const body = bodies.filter((one) => isSameExchange(one, request))[ordinal];
    return [
      `* ${request.id} at ${request.at}: to ${endpointText(request.server.address, request.server.port)}${request.followUp === undefined ? '' : `, ${request.followUp}`}`,
      `> ${request.method} ${request.url} HTTP/${request.version}`,
      ...request.headers.map((field) => `> ${field.name}: ${field.value}`),
      ...(response === undefined
        ? ['* no response header']
        : [
            `* ${response.id} at ${response.at}`,
            `< HTTP/${response.version} ${response.status} ${response.reason}`.trimEnd(),
            ...response.headers.map((field) => `< ${field.name}: ${field.value}`),
          ]),
      ...(body === undefined ? [] : [`* ${body.id}: body of ${body.bytes} bytes, ${body.end.replaceAll('-', ' ')}`]),
      '',
    ];
  });
  return `${[...lines, `* timing ${curlTimings(subject)}`].map(escapeForTerminal).join('\n')}\n`;
}

interface Exchange {
  connection: string;
  hop: number;
  followUp?: string;
}

function isSameExchange(one: Exchange, other: Exchange): boolean {
  return one.connection === other.connection && one.hop === other.hop && one.followUp === other.followUp;
}
