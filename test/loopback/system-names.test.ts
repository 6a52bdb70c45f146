import { describe, expect, it } from 'vitest';
import { pendingLookups, systemNames } from '../../src/system/name-lookup.ts';

describe('names as applications get them', () => {
  it('the hosts file is part of it, and addresses are distinct', async () => {
    const outcome = await systemNames.lookup('localhost', null, { timeoutMs: 5000 });
    expect(outcome.kind).toBe('found');
    const addresses = outcome.kind === 'found' ? outcome.addresses.map((one) => one.address) : [];
    expect(addresses.some((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('one family alone', async () => {
    const outcome = await systemNames.lookup('127.0.0.1', 'ipv4', { timeoutMs: 5000 });
    expect(outcome).toEqual({ kind: 'found', addresses: [{ address: '127.0.0.1', family: 'ipv4' }] });
  });

  it.each(['', 'a'.repeat(300), 'not a name', 'nul\u0000byte'])('%j is a failure, not an exception', async (name) => {
    const outcome = await systemNames.lookup(name, null, { timeoutMs: 15_000 });
    expect(outcome.kind).toBe('failed');
  });

  it('stops when told before it began', async () => {
    expect(await systemNames.lookup('localhost', null, { timeoutMs: 5000, signal: AbortSignal.abort() })).toEqual({ kind: 'aborted' });
    expect(pendingLookups()).toBe(0);
  });
});
