import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { runIp } from './network.ts';

/** What udhcpc runs when it has a lease; it gives address, mask length and router in the environment. */
const script = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface"
ip route add default via "$router"
`;

/** Takes the client's IPv4 address away and asks for one with udhcpc: three times, a second apart. Resolves with or without a lease. */
export async function askForAddress(scriptFile: string): Promise<void> {
  writeFileSync(scriptFile, script, { mode: 0o755 });
  await runIp(['addr del 192.168.1.42/24 dev eth0']);
  const words = ['-f', '-q', '-n', '-i', 'eth0', '-t', '3', '-T', '1', '-s', scriptFile];
  const child = spawn('udhcpc', words, { stdio: 'ignore' });
  await once(child, 'close');
}
