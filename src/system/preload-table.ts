import type { Failure } from '../model/failure.ts';
import type { PreloadTable, PreloadTables } from '../ports/preload-table.ts';
import { openPreloadTable } from '../wire/preload-table.ts';
import { readDataFile } from './data-file.ts';
import { isFailure } from './network-tables.ts';

let opening: PreloadTable | Failure | null = null;

/** The table that comes with this package, read whole on first use: 0.5 MB, 1 to 3 ms. */
export const systemPreloadTables: PreloadTables = {
  open: () => Promise.resolve(systemPreloadTable()),
};

/** The same for who reads captures, where nothing waits. */
export function systemPreloadTable(): PreloadTable | Failure {
  opening ??= openTable();
  return opening;
}

function openTable(): PreloadTable | Failure {
  const bytes = readDataFile('preloaded-names.bin');
  if (isFailure(bytes)) return bytes;
  const table = openPreloadTable(bytes);
  return table === null ? { name: 'unknown', raw: 'the list of names reached by https alone is damaged' } : { ...table, title: 'Chromium' };
}
