import type { Failure } from '../../model/failure.ts';
import type { Endpoint } from '../../model/observations/base.ts';
import type { PathHop, ProbeProtocol } from '../../model/observations/route.ts';
import type { Wait } from '../../ports/connection.ts';
import type { ToolTrace } from '../../ports/path-tracer.ts';
import { runCommand } from '../command.ts';
import { isFailure } from '../network-tables.ts';
import { parseMtrRaw, parseTracepath, parseTraceroute, parseTracert } from './tool-output.ts';

/** A program that traces without asking for more than an ordinary user has. */
interface Tool {
  by: ToolTrace['by'];
  platforms: readonly NodeJS.Platform[];
  protocol: ProbeProtocol;
  parameters(address: string): readonly string[];
  parse(output: string, destination: string): PathHop[];
}

const six = (address: string): readonly string[] => (address.includes(':') ? ['-6'] : []);

/** In the order they are tried: the one that asks all hops at once first. One probe per hop: they send one after the other. */
const tools: readonly Tool[] = [
  {
    by: 'traceroute',
    platforms: ['linux'],
    protocol: 'udp',
    parameters: (address) => [...six(address), '-n', '-q', '1', '-w', '1', '-N', '30', '-m', '30', address],
    parse: parseTraceroute,
  },
  {
    by: 'tracepath',
    platforms: ['linux'],
    protocol: 'udp',
    parameters: (address) => [...six(address), '-n', '-m', '20', address],
    parse: parseTracepath,
  },
  {
    by: 'traceroute',
    platforms: ['darwin', 'freebsd', 'openbsd', 'netbsd', 'sunos'],
    protocol: 'udp',
    parameters: (address) => ['-n', '-q', '1', '-w', '1', '-m', '20', address],
    parse: parseTraceroute,
  },
  {
    by: 'tracert',
    platforms: ['win32'],
    protocol: 'icmp',
    parameters: (address) => ['-d', '-w', '500', '-h', '20', address],
    parse: parseTracert,
  },
  {
    by: 'mtr',
    platforms: ['linux', 'darwin', 'freebsd'],
    protocol: 'icmp',
    parameters: (address) => [...six(address), '-n', '--raw', '-c', '1', '-m', '30', address],
    parse: parseMtrRaw,
  },
];

/**
 * A trace by the first program of the system that is there and finds anything. Programs that send one probe after the other may not end in the
 * time given: what they printed until then counts.
 */
export async function runTraceTool(destination: Endpoint, wait: Wait): Promise<ToolTrace | Failure> {
  const { address } = destination;
  let last: Failure = { name: 'unknown', raw: 'no program here that traces paths' };
  for (const tool of tools.filter(({ platforms }) => platforms.includes(process.platform))) {
    const limits = {
      longestMs: Math.max(1, Math.round(wait.timeoutMs)),
      partial: true,
      ...(wait.signal === undefined ? {} : { signal: wait.signal }),
    } as const;
    // macOS and the BSDs have a program of its own for IPv6.
    const file = tool.by === 'traceroute' && process.platform !== 'linux' && address.includes(':') ? 'traceroute6' : tool.by;
    const run = await runCommand(file, tool.parameters(address), limits);
    if (wait.signal?.aborted === true) return { name: 'aborted' };
    if (isFailure(run)) {
      last = run;
      continue;
    }
    const hops = tool.parse(run.output, address);
    if (hops.some((hop) => hop.answers.length > 0)) return { by: tool.by, protocol: tool.protocol, rounds: 1, hops };
    last = { name: 'unknown', raw: `${file} found nothing` };
  }
  return last;
}
