import { describe, expect, it } from 'vitest';
import { startSite } from '../../lab/loopback/site.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { pageScenarios } from './rows/page.ts';
import { playScenarios } from './table.ts';

playScenarios('page', pageScenarios);

describe('what the page needs and another site serves by redirect', () => {
  const picture = { body: 'a picture', contentType: 'image/png' };

  it.each([
    ['is not asked for', 'site', []],
    ['is asked for when everything is wanted', 'all', ['GET /map.png']],
  ] as const)('%s', async (_, page, asked) => {
    const elsewhere = await startSite({ address: '127.0.0.2', pages: { '*': picture } });
    const to = (location: string) => ({ status: 302, headers: { location }, body: null });
    const site = await startSite({
      pages: {
        '/': { body: '<h1>Shop</h1><img src="/far.png"><img src="/near.png">' },
        '/far.png': to(`http://127.0.0.2:${elsewhere.port}/map.png`),
        '/near.png': to('/map.png'),
        '/map.png': picture,
      },
    });
    try {
      const record = await walk(`http://127.0.0.1:${site.port}/`, { page, proxy: 'none' }, systemPorts());
      expect(elsewhere.requests).toEqual(asked);
      expect(record.contacted.some(({ address }) => address === '127.0.0.2')).toBe(asked.length > 0);
      expect(site.requests).toContain('GET /map.png');
      expect(diagnose(record.observations, record.context).verdict.status).toBe('ok');
    } finally {
      await Promise.all([site.stop(), elsewhere.stop()]);
    }
  });
});
