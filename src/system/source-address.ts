import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Failure } from '../model/failure.ts';
import { addressBytes } from './address-bytes.ts';
import { datagramFailureOf } from './errno.ts';

/** Any port: nothing is sent to it. */
const discardPort = 9;

/**
 * Which source address the kernel would use, policy rules included: a UDP socket is connected, which sends nothing, and asked for its own
 * address. The failure is the one a sender would meet.
 */
export function sourceAddressFor(destination: string): Promise<{ sourceAddress: string } | Failure> {
  return new Promise((resolve) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return resolve({ name: 'invalid-argument' });
    const socket = createSocket(bytes.length === 4 ? 'udp4' : 'udp6');
    const end = (outcome: { sourceAddress: string } | Failure): void => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.close();
      resolve(outcome);
    };
    socket.on('error', (error) => end(datagramFailureOf(error)));
    const onConnected = (error?: Error): void => {
      end(error === undefined ? { sourceAddress: socket.address().address } : datagramFailureOf(error));
    };
    socket.connect(discardPort, destination, onConnected as () => void);
  });
}

/** Name of the interface that has the address, null when none has. */
export function interfaceWith(address: string): string | null {
  const wanted = address.replace(/%.*$/u, '');
  for (const [name, list] of Object.entries(networkInterfaces())) {
    if (list?.some((one) => one.address === wanted)) return name;
  }
  return null;
}
