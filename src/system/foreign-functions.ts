import type { Failure } from '../model/failure.ts';
import { scrubText } from './scrub.ts';

/** The part of koffi this project uses. */
export type ForeignFunction = (...parameters: unknown[]) => unknown;

/** The C library of this process. Functions return what C returns; -1 leaves the reason in `errno()`. */
export interface CLibrary {
  function(declaration: string): ForeignFunction;
  /** Memory that stays where it is, for pointers inside structures; zeroed, never freed: allocate once per use of the process. */
  allocate(length: number): { address: bigint; bytes: Uint8Array };
  /** `errno` of the call just made. */
  errno(): number;
  /** `ECONNREFUSED` for 111, and so on; null for an unknown number. */
  errnoName(errno: number): string | null;
}

let loading: Promise<CLibrary | Failure> | null = null;
let loaded: CLibrary | null = null;

/** The C library when {@link loadCLibrary} has succeeded before; null otherwise. Never loads, so it costs nothing. */
export function loadedCLibrary(): CLibrary | null {
  return loaded;
}

/**
 * Loads koffi and the symbols of the process image, once. It blocks this thread for 10 to 30 ms, so callers do it while they wait for the
 * network anyway. A failure (koffi not installed, no prebuilt binary, native addons forbidden) is permanent for the process.
 */
export function loadCLibrary(): Promise<CLibrary | Failure> {
  loading ??= open();
  return loading;
}

async function open(): Promise<CLibrary | Failure> {
  try {
    const { default: koffi } = await import('koffi');
    // dlopen(NULL): whichever C library this process runs on, glibc or musl, without knowing its file name.
    const image = koffi.load(null);
    const errnoNames = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
    loaded = {
      function: (declaration) => image.func(declaration),
      allocate: (length) => {
        const pointer: unknown = koffi.alloc('uint8_t', length);
        const bytes = new Uint8Array(koffi.view(pointer, length));
        bytes.fill(0);
        return { address: BigInt(koffi.address(pointer)), bytes };
      },
      errno: () => koffi.errno(),
      errnoName: (errno) => errnoNames.get(errno) ?? null,
    };
    return loaded;
  } catch (error) {
    const code: unknown = (error as { code?: unknown }).code;
    return {
      name: 'unknown',
      ...(typeof code === 'string' ? { code } : {}),
      raw: scrubText(error instanceof Error ? error.message : String(error)),
    };
  }
}
