import type { BundleManifest } from '../model/bundle-manifest.ts';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { bundleOf } from '../report/bundle/bundle.ts';
import type { BundleExtras } from '../report/bundle/bundle-file.ts';
import { renderJson } from '../report/escape.ts';
import type { RedactedReport } from '../report/redacted-report.ts';
import { type ArchiveFiles, packArchive, sha256Hex, unpackArchive } from '../system/zip-archive.ts';

/** A report's evidence bundle as a ZIP archive. The same report gives the same bytes. */
export function packBundle(redacted: RedactedReport, extras: BundleExtras = {}): Uint8Array {
  const { report, redaction } = redacted;
  const { files, removed } = bundleOf(redacted, extras);
  const all = files.map(({ name, what, content }) => ({
    name,
    what,
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
  }));
  const startedAt = startOf(report);
  const manifest: BundleManifest = {
    schema: 'wirewalk.bundle/1',
    tool: report.tool,
    startedAt,
    redaction,
    files: all.map(({ name, what, bytes }) => ({ name, sha256: sha256Hex(bytes), bytes: bytes.length, what })),
    removed,
    ...(extras.capture === undefined ? {} : { changed: extras.capture.changed }),
  };
  const packed: Record<string, Uint8Array> = { 'manifest.json': new TextEncoder().encode(`${renderJson(manifest)}\n`) };
  for (const { name, bytes } of all) packed[name] = bytes;
  return packArchive(packed, zipTime(startedAt));
}

function startOf(report: WalkReport | ReadReport): string | null {
  return report.schema === 'wirewalk.walk/1'
    ? report.startedAt
    : (report.captures.find(({ firstAt }) => firstAt !== null)?.firstAt ?? null);
}

/** Archives keep years from 1980 to 2099. */
function zipTime(startedAt: string | null): Date {
  const time = startedAt === null ? Number.NaN : Date.parse(startedAt);
  const earliest = Date.UTC(1980, 0, 2);
  return new Date(time >= earliest && time < Date.UTC(2099, 0, 1) ? time : earliest);
}

export type OpenedBundle =
  | { kind: 'opened'; document: unknown; files: ArchiveFiles; altered: string[] }
  | { kind: 'unusable'; reason: string };

/** Opens a bundle of others. `altered` names files that are not what the manifest says, or missing. */
export function openBundle(bytes: Uint8Array): OpenedBundle {
  const unpacked = unpackArchive(bytes);
  if (unpacked.kind === 'unusable') return unpacked;
  const { files } = unpacked;
  const report = files['report.json'];
  const manifest = parsed(files['manifest.json']) as Partial<BundleManifest> | null;
  if (report === undefined || manifest?.schema !== 'wirewalk.bundle/1' || !Array.isArray(manifest.files)) {
    return { kind: 'unusable', reason: 'it is no bundle of wirewalk' };
  }
  const altered = manifest.files
    .filter((file) =>
      typeof file?.name === 'string' && files[file.name] !== undefined ? sha256Hex(files[file.name] as Uint8Array) !== file.sha256 : true,
    )
    .map((file) => String(file?.name));
  const document = parsed(report);
  return document === null ? { kind: 'unusable', reason: 'its report is damaged' } : { kind: 'opened', document, files, altered };
}

function parsed(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return null;
  }
}
