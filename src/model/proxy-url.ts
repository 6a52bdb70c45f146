/** A proxy's URL without its credentials, and those apart: `user:password`, percent-decoded, null without. */
export interface ProxyUrl {
  url: string;
  credentials: string | null;
}

/** Reads a proxy as settings and options name it: a URL, or `host:port`, which is http. Null when it is neither. */
export function readProxyUrl(value: string): ProxyUrl | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const credentials = url.username === '' && url.password === '' ? null : `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, credentials };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign is itself.
    return text;
  }
}
