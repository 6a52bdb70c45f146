import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PageElement } from '../../model/observations/page.ts';
import { parsePolicies, refusedBy } from './content-security-policy.ts';

const page = 'https://www.shop.test/';

interface Asked {
  element?: PageElement;
  url?: string;
  finalUrl?: string;
  nonce?: string;
  integrity?: string;
}

function refused(
  policy: string | string[],
  { element = 'script', url = `${page}app.js`, finalUrl, nonce, integrity }: Asked = {},
): boolean {
  const request = { element, url, finalUrl: finalUrl ?? null, nonce: nonce ?? null, integrity: integrity ?? null };
  return refusedBy(parsePolicies([policy].flat()), request, page) !== null;
}

const cdn = 'https://a.cdn.test/lib/x.js';

const rows: [sentence: string, refused: boolean, policy: string | string[], asked?: Asked][] = [
  ["'self' allows the own origin", false, "script-src 'self'"],
  ["'none' allows nothing", true, "script-src 'none'"],
  ['no sources allow nothing', true, 'script-src'],
  ['a directive about something else says nothing', false, "img-src 'none'"],
  ['default-src stands in', true, "default-src 'none'"],
  ['the specific directive replaces default-src', false, "default-src 'none'; script-src 'self'"],
  ['script-src-elem goes before script-src', false, "script-src 'none'; script-src-elem *"],
  ['the first of a name counts', true, "script-src 'none'; script-src *"],
  ['every policy must allow', true, ['script-src *', "script-src 'none'"]],
  ['several in one value', true, "script-src *, script-src 'none'"],
  ['names are not case-sensitive', true, "SCRIPT-SRC 'NONE'"],
  ['a host', false, 'script-src a.cdn.test', { url: cdn }],
  ['another host', true, 'script-src b.cdn.test', { url: cdn }],
  ['a wildcard covers names below', false, 'script-src https://*.cdn.test', { url: cdn }],
  ['a wildcard does not cover the name itself', true, 'script-src *.a.cdn.test', { url: cdn }],
  ['http allows https', false, 'script-src http://a.cdn.test', { url: cdn }],
  ['https does not allow http', true, 'script-src https://a.cdn.test', { url: cdn.replace('https', 'http') }],
  ['another port', true, 'script-src a.cdn.test', { url: 'https://a.cdn.test:8443/x.js' }],
  ['any port', false, 'script-src a.cdn.test:*', { url: 'https://a.cdn.test:8443/x.js' }],
  ['a folder', false, 'script-src a.cdn.test/lib/', { url: cdn }],
  ['another folder', true, 'script-src a.cdn.test/other/', { url: cdn }],
  ['a file', true, 'script-src a.cdn.test/lib', { url: cdn }],
  ['after a redirect the path does not count', false, "script-src 'self' a.cdn.test/other/", { finalUrl: cdn }],
  ['but the host does', true, "script-src 'self'", { finalUrl: cdn }],
  ['a scheme', false, 'script-src https:', { url: cdn }],
  ['a nonce', false, "script-src 'nonce-abc'", { nonce: 'abc' }],
  ['a wrong nonce', true, "script-src 'nonce-abc'", { nonce: 'abd' }],
  ["'strict-dynamic' leaves hosts aside", true, "script-src 'strict-dynamic' 'nonce-abc' https:"],
  ["'strict-dynamic' with the nonce", false, "script-src 'strict-dynamic' 'nonce-abc'", { nonce: 'abc' }],
  ['a hash of what integrity demands', false, "script-src 'sha256-AAAA'", { integrity: 'sha256-AAAA' }],
  ['keywords that say nothing about files', true, "script-src 'unsafe-inline' 'unsafe-eval'"],
  ['styles', true, "style-src 'none'", { element: 'stylesheet' }],
  ['pictures', true, "img-src 'self'", { element: 'image', url: cdn }],
  ['fonts', true, "default-src 'self'", { element: 'font', url: cdn }],
  ['frames by child-src', true, "child-src 'none'", { element: 'frame' }],
];

describe('a content security policy', () => {
  test.each(rows)('%s: refused %j by %j', (_sentence, expected, policy, asked) => expect(refused(policy, asked)).toBe(expected));

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (policy) => void refused(policy)));
    fc.assert(fc.property(fc.string(), (source) => void refused(`script-src ${source}`)));
  });
});
