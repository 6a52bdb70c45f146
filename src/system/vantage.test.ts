import { describe, expect, it } from 'vitest';
import { capabilitiesInEffect, systemVantage } from './vantage.ts';

describe('vantage', () => {
  it('names capabilities in effect', () => {
    expect(capabilitiesInEffect('Name:\tnode\nCapEff:\t0000000000000000\n')).toEqual([]);
    expect(capabilitiesInEffect('CapEff:\t0000000000002000\n')).toEqual(['net-raw']);
    expect(capabilitiesInEffect('CapPrm:\tffff\nCapEff:\t000001ffffffffff\n')).toEqual(['net-admin', 'net-raw']);
    expect(capabilitiesInEffect('')).toEqual([]);
  });

  it('knows this host', () => {
    const vantage = systemVantage();
    expect(vantage.host).not.toBe('');
    expect(vantage.platform).toBe(process.platform);
    expect(vantage.addresses).not.toContain('127.0.0.1');
  });
});
