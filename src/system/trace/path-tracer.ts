import type { Endpoint } from '../../model/observations/base.ts';
import type { PathTracer } from '../../ports/path-tracer.ts';
import { isFailure } from '../network-tables.ts';
import { icmpProbes, udpProbes } from './datagram-probes.ts';
import { socketCalls } from './socket-calls.ts';
import { tcpProbes } from './tcp-probes.ts';
import { runTraceTool } from './trace-tool.ts';

const channels = { tcp: tcpProbes, udp: udpProbes, icmp: icmpProbes } as const;

/** Probes through the kernel of Linux, without privilege; elsewhere, and without koffi, the system's own programs. */
export const systemPathTracer: PathTracer = {
  async open(destination: Endpoint, protocol) {
    const calls = await socketCalls();
    return isFailure(calls) ? calls : channels[protocol](calls, destination);
  },
  runTool: runTraceTool,
};
