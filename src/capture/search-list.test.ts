import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDnsMessage } from '../wire/dns-encode.ts';
import { isNameOfPolicy, labelsOf, stepBetween } from './search-list.ts';

function question(name: string): DataView {
  const bytes = encodeDnsMessage({ id: 1, questions: [{ name, type: 'A' }] });
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function labels(name: string): number[] {
  const view = question(name);
  return labelsOf(view, view.byteLength);
}

describe('the step from one name to the next', () => {
  it.each([
    ['api.ns.web.svc.cluster.local', 'api.ns.svc.cluster.local', 'another suffix'],
    ['wiki.corp.example', 'wiki.eng.corp.example', 'another suffix'],
    ['wiki.corp.example', 'wiki.plant.test', 'another suffix'],
    ['www.eng.corp.example', 'www.corp.example', 'another suffix'],
    ['www.shop.corp.example', 'www.shop.plant.test', 'another suffix'],
    ['www.shop.example.corp.example', 'www.shop.example', 'no suffix'],
    ['wiki', 'wiki.corp.example', 'one more suffix'],
    ['www.corp.example', 'www.plant.test', null],
    ['mail.corp.example', 'wiki.corp.example', null],
    ['wiki.corp.example', 'wiki.corp.example', null],
  ])('from %s to %s: %s', (earlier, later, step) => {
    expect(stepBetween(labels(earlier), labels(later))).toBe(step);
  });
});

describe('names in questions, whatever they hold', () => {
  it('are read within their bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        expect(labelsOf(view, view.byteLength).length).toBeLessThan(300);
        expect(typeof isNameOfPolicy(view, view.byteLength)).toBe('boolean');
      }),
    );
  });
});
