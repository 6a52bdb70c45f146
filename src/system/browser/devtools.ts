/** What is used here of a session of the DevTools protocol. */
export interface DevtoolsSession {
  send(method: string, parameters?: object): Promise<unknown>;
  on(event: string, listener: (parameters: never) => void): void;
  close(): Promise<void>;
}

/** The library's entrance, as far as it is used here. */
type Connect = (options: { host: string; port: number; local: boolean }) => Promise<DevtoolsSession>;

/** The library that drives browsers; null when it is not installed, as it is optional. */
export async function loadDevtools(): Promise<Connect | null> {
  try {
    const library = (await import('chrome-remote-interface')) as unknown as { default: Connect };
    return library.default;
  } catch {
    return null;
  }
}
