import type { Recorder } from './recorder.ts';
import { parseUrl, type Target } from './target.ts';

/** The target of the request that is recorded, for experiments that ask for it again; without the credentials of its URL. */
export function observedTarget(recorder: Recorder): Target | null {
  const url = recorder.seen('target.parsed')[0]?.url;
  const target = url === undefined ? null : parseUrl(url);
  return target !== null && 'url' in target ? target : null;
}
