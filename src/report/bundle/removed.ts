import type { RemovedSecret } from '../../model/bundle-manifest.ts';
import type { ReadReport } from '../../model/read-report.ts';
import type { WalkReport } from '../../model/walk-report.ts';
import { redactionMarker } from '../redact.ts';

/** Every place of a report from which a secret was removed. */
export function removedFrom(report: WalkReport | ReadReport): RemovedSecret[] {
  const removed: RemovedSecret[] = [];
  collect(report, '', removed);
  return removed;
}

function collect(value: unknown, where: string, removed: RemovedSecret[]): void {
  if (typeof value === 'string') {
    const count = value.split(redactionMarker).length - 1;
    if (count > 0) removed.push({ where, count });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${where}[${nameOf(item) ?? index}]`, removed);
    return;
  }
  for (const [key, item] of Object.entries(value)) collect(item, where === '' ? key : `${where}.${key}`, removed);
}

/** Evidence and findings by id, header fields by name. */
function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  if ('id' in item && typeof item.id === 'string') return item.id;
  return 'name' in item && typeof item.name === 'string' ? item.name : null;
}
