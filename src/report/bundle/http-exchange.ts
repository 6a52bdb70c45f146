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
    const response = responses.find((one) => one.connection === request.connection && one.hop === request.hop && one.at >= request.at);
    const body = bodies.find((one) => one.connection === request.connection && one.hop === request.hop && one.at >= request.at);
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
