import { readFileSync } from 'node:fs';

/** The version of the nearest package.json above this file: the sources and the built package lie at different depths. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const version = versionIn(new URL('package.json', folder));
    if (version !== null) return version;
    if (folder.pathname === '/' || new URL('..', folder).href === folder.href) throw new Error('package.json of wirewalk is missing');
  }
}

function versionIn(file: URL): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const content: unknown = JSON.parse(text);
  const isOurs = typeof content === 'object' && content !== null && 'name' in content && content.name === 'wirewalk';
  return isOurs && 'version' in content && typeof content.version === 'string' ? content.version : null;
}
