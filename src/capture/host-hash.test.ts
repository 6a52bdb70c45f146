import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDnsMessage } from '../wire/dns-encode.ts';
import { DnsGlance, glanceAtDns, prefixHashes } from './dns-glance.ts';
import { hashHost, hashHostText } from './host-hash.ts';
import { labelsOf } from './search-list.ts';

function question(name: string): DataView {
  const bytes = encodeDnsMessage({ id: 1, questions: [{ name, type: 'A' }] });
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function hashOfQuestion(name: string): number {
  const glance = new DnsGlance();
  const view = question(name);
  glanceAtDns(view, 0, view.byteLength, glance);
  return glance.nameHash;
}

/** As much as is looked at, and more, without an end. */
const text = fc.uint8Array({ min: 0x61, max: 0x7a, maxLength: 400 });
const label = fc.stringMatching(/^[a-z0-9_][a-z0-9-]{0,20}$/);

describe('the hash of a host', () => {
  it.each([
    ['www.shop.example', 'www.shop.example'],
    ['WWW.Shop.example', 'www.shop.example'],
    ['www.shop.example.', 'www.shop.example'],
    ['www.shop.example:8080', 'www.shop.example'],
    [' www.shop.example\t\r', 'www.shop.example'],
    ['intranet', 'intranet'],
  ])('%j is that of the question for %s', (host, name) => {
    expect(hashHostText(host)).toBe(hashOfQuestion(name));
  });

  it.each(['', ' ', ':80', '.'])('%j is none', (host) => {
    expect(hashHostText(host)).toBe(0);
  });

  it.each(['[2001:db8::1]', '203.0.113.10', 'www.shop.example.org', 'wwwshop.example', 'www'])(
    '%s is another than that of www.shop.example',
    (host) => {
      expect(hashHostText(host)).not.toBe(0);
      expect(hashHostText(host)).not.toBe(hashOfQuestion('www.shop.example'));
    },
  );

  it('is that of the question for any name, and of what any longer name begins with', () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), label, (labels, suffix) => {
        const host = labels.join('.');
        expect(hashHostText(host.toUpperCase())).toBe(hashOfQuestion(host));
        const view = question(`${host}.${suffix}`);
        expect(prefixHashes(view, view.byteLength)).toContain(hashHostText(host));
        // A search list compares label by label.
        const shouted = question(`${host.toUpperCase()}.${suffix}`);
        expect(labelsOf(shouted, shouted.byteLength)).toEqual(labelsOf(view, view.byteLength));
      }),
    );
  });

  it('looks at nothing beyond what it is given', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 400 })), fc.nat(400), fc.nat(400), (bytes, one, other) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const [from, end] = [Math.min(one, other, bytes.length), Math.min(Math.max(one, other), bytes.length)];
        const cut = bytes.slice(from, end);
        expect(hashHost(view, from, end)).toBe(hashHost(new DataView(cut.buffer), 0, cut.length));
      }),
    );
  });
});
