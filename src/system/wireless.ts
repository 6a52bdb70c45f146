import { readFileSync } from 'node:fs';
import { parseProcWireless } from './proc-net.ts';

/** Names of Linux's wireless interfaces in this network namespace; empty where the kernel does not list them. */
export function wirelessInterfaces(): ReadonlySet<string> {
  try {
    return new Set(parseProcWireless(readFileSync('/proc/net/wireless', 'latin1')));
  } catch {
    // Kernels without wireless extensions have no such file; the medium then reads as the hardware type says.
    return new Set();
  }
}
