import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Whether bytes begin as a ZIP archive does. */
export function looksLikeArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 0x03 || bytes[2] === 0x05);
}

/** Whether a file begins as a report or bundle does, which no capture does. */
export function isReportFile(file: string): boolean {
  if (file === '-') return false;
  try {
    // A pipe is read once, by whoever reads it as a capture.
    if (!statSync(file).isFile()) return false;
    const head = Buffer.alloc(64);
    const descriptor = openSync(file, 'r');
    try {
      const length = readSync(descriptor, head, 0, head.length, 0);
      return looksLikeArchive(head) || /^\s*\{/.test(head.subarray(0, length).toString('latin1'));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false; // whoever reads it says why it cannot be read
  }
}
