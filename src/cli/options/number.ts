import { UsageError } from '../usage-error.ts';

/** The longest wait that makes sense for a request somebody is waiting for. */
const longestSeconds = 3600;
/** More questions in a row than this are a burden on whoever answers. */
const mostLookups = 1000;

/** Reads seconds, whole or decimal, into milliseconds. */
export function parseTimeout(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds < 0.001 || seconds > longestSeconds) {
    throw new UsageError(`--timeout ${value}`, `not a number of seconds above 0 and up to ${longestSeconds}`, 'give one such as 5 or 0.5');
  }
  return seconds * 1000;
}

/** Reads a pause in seconds, whole or decimal, into milliseconds. */
export function parseIdle(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds < 0.1 || seconds > longestSeconds) {
    throw new UsageError(`--idle ${value}`, `not a number of seconds from 0.1 to ${longestSeconds}`, 'give one such as 60');
  }
  return seconds * 1000;
}

/** Reads a number of redirects. */
export function parseRedirectLimit(value: string): number {
  if (!/^\d{1,3}$/.test(value)) {
    throw new UsageError(`--max-redirects ${value}`, 'not a whole number from 0 to 999', 'give one such as 20');
  }
  return Number(value);
}

/** Reads how many things are done at a time. */
export function parseJobs(value: string): number {
  if (!/^[1-9]\d?$/.test(value)) throw new UsageError(`--jobs ${value}`, 'not a whole number from 1 to 99', 'give one such as 2');
  return Number(value);
}

/** Reads how often a lookup is repeated. */
export function parseCount(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) < 2 || Number(value) > mostLookups) {
    throw new UsageError(`--count ${value}`, `not a whole number from 2 to ${mostLookups}`, 'give one such as 20');
  }
  return Number(value);
}

/** Reads statuses parted by commas (RFC 9110 section 15: 100 to 599). */
export function parseStatuses(value: string): number[] {
  return value.split(',').map((part) => {
    const status = part.trim();
    if (!/^[1-5]\d\d$/.test(status)) {
      throw new UsageError(
        `--expect-status ${status === '' ? value : status}`,
        'not a status from 100 to 599',
        'give one such as 200, or several as 200,204',
      );
    }
    return Number(status);
  });
}
