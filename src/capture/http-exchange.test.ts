import { describe, expect, it } from 'vitest';
import { HttpExchange } from './http-exchange.ts';

/** What belongs to the request, or to how the exchange went on once it had both. */
const notOfTheResponse = /^(request|has|is(Head|Connect|Proxied)|host|previous|ending|switched|socket)/;

describe('an exchange', () => {
  it('that takes the response of another takes all of it', () => {
    const from = new HttpExchange();
    const fields = from as unknown as Record<string, unknown>;
    const names = Object.keys(from).filter((key) => !notOfTheResponse.test(key) && key !== 'responseHead');
    expect(names).toContain('malformedRule');
    for (const name of names) {
      const old = fields[name];
      fields[name] = typeof old === 'number' ? 7 : typeof old === 'boolean' ? !old : [name];
    }
    const taker = new HttpExchange();
    const wanted = Object.fromEntries(names.map((name) => [name, fields[name]]));
    taker.takeResponse(from);
    expect(taker).toMatchObject(wanted);
  });
});
