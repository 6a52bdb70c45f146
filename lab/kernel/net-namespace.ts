import { closeSync, openSync } from 'node:fs';
import { checked, libc, linux } from './libc.ts';

/** Where `ip netns` keeps its names. */
export const namespaceFolder = '/run/netns';

/**
 * The network namespaces of one lab, by name, and the way into them: {@link within} puts the calling thread there for the time of one synchronous
 * call, so that sockets, processes and `/proc/sys/net` files made in it belong there. The namespace the process started in is called `home`.
 */
export class NetNamespaces {
  readonly #home: number;
  readonly #homeName: string;
  readonly #open = new Map<string, number>();

  constructor(homeName: string) {
    this.#home = openSync('/proc/thread-self/ns/net', 'r');
    this.#homeName = homeName;
  }

  /** Runs `action` inside the namespace. The action must do all its kernel work before it returns: what it defers happens outside. */
  within<T>(name: string, action: () => T): T {
    if (name === this.#homeName) return action();
    checked('setns', libc().setns(this.#descriptor(name), linux.CLONE_NEWNET));
    try {
      return action();
    } finally {
      checked('setns', libc().setns(this.#home, linux.CLONE_NEWNET));
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #descriptor(name: string): number {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const descriptor = openSync(`${namespaceFolder}/${name}`, 'r');
    this.#open.set(name, descriptor);
    return descriptor;
  }
}
