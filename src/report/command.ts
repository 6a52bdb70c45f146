import { parseAddress } from '../model/address.ts';
import type { CausePlaceholder } from '../model/cause.ts';
import type { Endpoint } from '../model/observations/base.ts';

/** What is known to fill into commands; null where the walk did not learn it. */
export interface CommandFacts {
  url: string | null;
  /** Name or address, no brackets. */
  host: string | null;
  port: number | null;
  /** The address in question. */
  address: string | null;
  /** The resolver in question. */
  resolver: Endpoint | null;
  /** File of the authorities trusted in place of this host's own; null when those are. */
  authorities: string | null;
}

export const noCommandFacts: CommandFacts = { url: null, host: null, port: null, address: null, resolver: null, authorities: null };

/** RFC 6455 section 4.1; any 16 bytes make a key. */
const webSocketFields =
  "--http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: d2lyZXdhbGsgYXNrcyBpdA=='";

type Quoting = 'none' | 'single' | 'double';

const placeholder = /@?\{(url|host|port|address|resolver|authorities)\}/y;

/**
 * Fills `{url}`, `{host}`, `{port}`, `{address}` and `{resolver}` into a command for a POSIX shell: every value is quoted for the place it
 * stands at, so that nothing in it can act. IPv6 addresses get brackets where a port or path follows; a resolver on another port than 53 becomes
 * dig's `@address -p port`. `{authorities}` becomes an option of openssl, or nothing. What is not known becomes its own name in capitals.
 */
export function fillCommand(written: string, facts: CommandFacts): string {
  // Literal addresses are no server names (RFC 6066 section 3), and the walk sent none.
  const isAddress = facts.host !== null && parseAddress(facts.host) !== null;
  const template = isAddress ? written.replaceAll('-servername {host}', '-noservername') : written;
  let filled = '';
  let quoting: Quoting = 'none';
  for (let index = 0; index < template.length; ) {
    placeholder.lastIndex = index;
    const match = placeholder.exec(template);
    if (match !== null) {
      const end = index + match[0].length;
      filled += value(match[0], match[1] as CausePlaceholder, facts, quoting, template.slice(0, index), template.slice(end));
      index = end;
      continue;
    }
    const character = template.charAt(index);
    quoting = quotingAfter(character, quoting);
    filled += character;
    index++;
  }
  return filled;
}

function quotingAfter(character: string, quoting: Quoting): Quoting {
  if (character === "'" && quoting !== 'double') return quoting === 'single' ? 'none' : 'single';
  if (character === '"' && quoting !== 'single') return quoting === 'double' ? 'none' : 'double';
  return quoting;
}

function value(text: string, name: CausePlaceholder, facts: CommandFacts, quoting: Quoting, before: string, after: string): string {
  const at = text.startsWith('@') ? '@' : '';
  if (name === 'resolver') {
    const { resolver } = facts;
    if (resolver === null) return `${at}RESOLVER`;
    const port = at === '@' && resolver.port !== 53 ? ` -p ${resolver.port}` : '';
    return `${at}${quoted(resolver.address, quoting)}${port}`;
  }
  if (name === 'authorities') return facts.authorities === null ? '' : ` -CAfile ${quoted(facts.authorities, quoting)}`;
  const known = facts[name];
  if (known === null) return `${at}${name.toUpperCase()}`;
  const plain = String(known);
  // Many a curl knows no ws:// (before 8.11, unless it was built with it); the opening handshake is plain HTTP/1.1.
  if (name === 'url' && quoting === 'none' && /^wss?:\/\//.test(plain) && /(?:^|[|;&]\s*)curl\s[^|;&]*$/.test(before))
    return `${webSocketFields} ${quoted(plain.replace(/^ws/, 'http'))}`;
  const needsBrackets = (name === 'host' || name === 'address') && plain.includes(':') && (after.startsWith(':') || before.endsWith('//'));
  return `${at}${quoted(needsBrackets ? `[${plain}]` : plain, quoting)}`;
}

/** Text as one word of a POSIX shell, or as part of a quoted one (POSIX.1 Shell Command Language, 2.2). */
export function quoted(text: string, within: Quoting = 'none'): string {
  if (within === 'double') return text.replace(/[\\"$`]/g, '\\$&');
  const inside = text.replaceAll("'", "'\\''");
  if (within === 'single') return inside;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${inside}'`;
}
