import type { Case } from '../case.ts';
import { padded } from '../columns.ts';
import { escapeForTerminal } from '../escape.ts';
import { endpointText } from '../wording.ts';

/** Captured packets of the request, a line each: the summary of the capture; null when none were captured. Escaped. */
export function renderPackets(subject: Case): string | null {
  const { packets } = subject;
  if (packets.length === 0) return null;
  const lines = packets.map(({ frame, atMs, protocol, from, to, label, payloadBytes, ttl }) => {
    const who = (party: typeof from): string => endpointText(party.address, party.port === 0 ? null : party.port);
    const parts = [
      padded(String(frame), 7),
      padded(`${atMs.toFixed(3)} ms`, 14),
      padded(`${who(from)} > ${who(to)}`, 44),
      padded(protocol, 5),
      label,
      payloadBytes === 0 ? '' : `(${payloadBytes} bytes)`,
      ttl === null ? '' : `ttl ${ttl}`,
    ];
    return ` ${parts.filter((part) => part !== '').join(' ')}`;
  });
  return `${['; frame, time, from > to, protocol, what', ...lines].map(escapeForTerminal).join('\n')}\n`;
}
