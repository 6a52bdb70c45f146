import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubText } from './scrub.ts';

describe('scrubText', () => {
  it.each([
    ['connect to http://alice:s3cret@proxy.example:3128 failed', 'connect to http://***@proxy.example:3128 failed'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: ***'],
    ['Proxy-Authorization=Basic dXNlcjpwYXNz; next', 'Proxy-Authorization=***; next'],
    ['"password": "hunter2", "user": "bob"', '"password": ***, "user": "bob"'],
    ['?access_token=abcdef&x=1', '?access_token=***&x=1'],
    ['sent Basic dXNlcjpwYXNzd29yZA== to it', 'sent Basic *** to it'],
    ['a basic problem', 'a basic problem'],
  ])('%j', (text, expected) => expect(scrubText(text)).toBe(expected));

  it('keeps nothing a terminal would act on', () => {
    expect(scrubText('a\u001b[31mred\u0000\r\nb\u202edlrow')).toBe('a [31mred b dlrow');
  });

  it('is printable and short for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const scrubbed = scrubText(text);
        expect(scrubbed.length).toBeLessThanOrEqual(300);
        expect(scrubbed).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
      }),
    );
  });
});
