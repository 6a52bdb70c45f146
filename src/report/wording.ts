/** Numbers, times and lists as a reader wants them. Pure; nothing here knows causes or observations. */

/** A duration: `3.2 ms`, `22 ms`, `1.5 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'an unknown time';
  const value = Math.max(0, milliseconds);
  if (value < 9.95) return `${trimZero(value.toFixed(1))} ms`;
  if (value < 999.5) return `${Math.round(value)} ms`;
  if (value < 59_950) return `${trimZero((value / 1000).toFixed(1))} s`;
  const seconds = Math.round(value / 1000);
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** An integer with thousands set off: `1,234,567`. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun: `1 address`, `2 addresses`. */
export function plural(count: number, singular: string, many: string = `${singular}s`): string {
  return `${grouped(count)} ${count === 1 ? singular : many}`;
}

/** `a`, `a and b`, `a, b and c`, `a, b and 5 more`. */
export function listed(items: readonly string[], most: number = 3): string {
  if (items.length <= 1) return items[0] ?? '';
  if (items.length <= most) return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
  const shown = items.slice(0, Math.max(1, most - 1));
  return `${shown.join(', ')} and ${items.length - shown.length} more`;
}

/** The day of an ISO 8601 time: `2026-11-18`; the text itself when it is none. */
export function day(isoTime: string): string {
  return /^\d{4}-\d{2}-\d{2}T/.test(isoTime) ? isoTime.slice(0, 10) : isoTime;
}

/** Address and port as URLs write them: `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function endpointText(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** At most `limit` characters, the end replaced by an ellipsis. */
export function clipped(text: string, limit: number): string {
  const characters = [...text.slice(0, limit * 2 + 2)];
  return characters.length <= limit && text.length <= limit * 2 + 2 ? text : `${characters.slice(0, Math.max(0, limit - 1)).join('')}…`;
}

/** Words as a sentence: `no answer` becomes `No answer.` */
export function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** Parts of a whole in whole percent. */
export function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.round((100 * part) / whole);
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
